(* The monotone matrix theorem from the problem alone: the matrices R, W, M that MonotoneMatrix.v speaks of exist.

   Along a characteristic let A, B, C be continuous on [0, T], B and C symmetric, and U symmetric. Then

   flow_exists: the linearized flow (Q, P) from U exists on [0, T].
   matrices_exist: if no time of [0, T] is focal for the flow from U + diag(c), there are R, W, M on [0, T], and R is symmetric.
   riccati_regular: where such an R exists, no time is focal for that flow.
   comparison: then M = Q~^-1 Q diag(1/c), where Q~ is the flow from U + diag(c); and no time of (0, T1] is focal for the flow from
   U if and only if M(T1) is positive definite, provided that B is.

   shock_comparison: the same for a characteristic of a Hamiltonian of class C^2, with what Shock.v says about solutions.

   R = P~ Q~^-1 and W is the inverse of the transpose of Q~. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Gronwall Matrix Definite Linear DefinitePath Smooth Characteristic MonotoneMatrix
  HamiltonJacobi Solution Existence Shock.
Open Scope R_scope.

(* ---- Finitely many choices ---- *)

Lemma finite_choice {X : Type} (d : X) (P : nat -> X -> Prop) n : (forall j, (j < n)%nat -> exists x, P j x) ->
  exists f, forall j, (j < n)%nat -> P j (f j).
Proof.
  induction n as [|n IH]; intro H; [exists (fun _ => d); intros; lia|].
  destruct IH as [f Hf]; [intros; apply H; lia|]. destruct (H n) as [x Hx]; [lia|].
  exists (fun j => if Nat.eqb j n then x else f j). intros j Hj. destruct (Nat.eqb_spec j n) as [->|Hne]; [exact Hx | apply Hf; lia].
Qed.

(* ---- Matrices with given derivatives ---- *)

Definition column (A : mat) (j : nat) : vec := fun i => A i j.
Lemma matrix_exists n K T (Z0 : mat) : 0 <= T -> continuous_on_segment n T K ->
  exists Z, equal n (Z 0) Z0 /\ derivative n T Z (fun t => mul n (K t) (Z t)).
Proof.
  intros HT HK. destruct (Nat.eq_dec n 0) as [->|Hn]; [exists (fun _ => Z0); split; intro; intros; lia|].
  destruct (finite_choice (fun _ : R => fun _ : nat => 0) (fun j z => (forall i, (i < n)%nat -> z 0 i = Z0 i j) /\
    forall t i, 0 <= t <= T -> (i < n)%nat -> is_derive (fun s => z s i) t (apply n (K t) (z t) i)) n) as [z Hz].
  - intros j Hj. exact (linear_exists n K T (column Z0 j) ltac:(lia) HT HK).
  - exists (fun t i j => z j t i). split.
    + intros i j Hi Hj. now apply (Hz j Hj).
    + intros t i j Ht Hi Hj. exact (proj2 (Hz j Hj) t i Ht Hi).
Qed.
Lemma primitive_exists n F T (M0 : mat) : 0 <= T -> continuous_on_segment n T F ->
  exists M, equal n (M 0) M0 /\ derivative n T M F.
Proof.
  intros HT HF. destruct (Nat.eq_dec n 0) as [->|Hn]; [exists (fun _ => M0); split; intro; intros; lia|].
  destruct (bounded_matrix n T F HF) as [k [Hk Hb]].
  set (r := fun t => Rmax 0 (Rmin t T)).
  assert (Hr : forall t, 0 <= r t <= T) by (intro t; unfold r, Rmax, Rmin; repeat destruct Rle_dec; lra).
  assert (Cr : forall t, continuous r t).
  { intro t. apply continuous_tolerance. intros e He. exists e. split; [easy|]. intros s Hs.
    unfold r, Rmax, Rmin. repeat destruct Rle_dec; split_Rabs; lra. }
  destruct (finite_choice (fun _ : R => fun _ : nat => 0) (fun j z => (forall i, (i < n)%nat -> z 0 i = M0 i j) /\
    forall t i, 0 <= t <= T -> (i < n)%nat -> is_derive (fun s => z s i) t (F t i j)) n) as [z Hz].
  - intros j Hj. destruct (picard n (fun i t _ => F (r t) i j) 1 k (column M0 j)) as [z [I Z]]; try lra; try lia.
    + intros i t x y Hi. rewrite Rminus_eq_0, Rabs_R0, Rmult_1_l. apply sum_ge_0. intros. apply Rabs_pos.
    + intros i t x Hi. apply (continuous_comp r (fun s => F s i j)); [apply Cr | now apply HF].
    + intros i t Hi. now apply Hb.
    + exists z. split; [exact I|]. intros t i Ht Hi. apply is_derive_eq with (1 := Z t i Hi).
      unfold r. now rewrite Rmin_left, Rmax_right by lra.
  - exists (fun t i j => z j t i). split.
    + intros i j Hi Hj. now apply (Hz j Hj).
    + intros t i j Ht Hi Hj. exact (proj2 (Hz j Hj) t i Ht Hi).
Qed.

(* ---- Inverses ---- *)

Lemma mul_column n A B i j : mul n A B i j = apply n A (column B j) i.
Proof. reflexivity. Qed.
Lemma apply_identity n x i : (i < n)%nat -> apply n identity x i = x i.
Proof. intro Hi. unfold identity. rewrite apply_diagonal by easy. ring. Qed.
Lemma apply_inverse n X A x i : equal n (mul n X A) identity -> (i < n)%nat -> apply n X (apply n A x) i = x i.
Proof.
  intros H Hi. rewrite <- apply_mul, <- (apply_identity n x i Hi). apply apply_ext; [|apply agree_refl]. intros j Hj. now apply H.
Qed.
Lemma left_inverse n A : ~ singular n A -> exists X, equal n (mul n X A) identity.
Proof.
  intro HA. destruct (finite_choice (fun _ : nat => 0) (fun i x => forall j, (j < n)%nat -> apply n (transpose A) x j = basis i j) n) as [X HX].
  - intros i Hi. destruct (fewer_equations n (fun k j => if Nat.eqb j n then - basis i k else transpose A k j)) as [x [[l [Hl Hx]] H]].
    assert (H' : forall k, (k < n)%nat -> apply n (transpose A) x k = x n * basis i k).
    { intros k Hk. assert (E := H k Hk). simpl in E. rewrite Nat.eqb_refl in E.
      assert (F : apply n (transpose A) x k = sum n (fun j => (if Nat.eqb j n then - basis i k else transpose A k j) * x j)); [|lra].
      apply sum_ext. intros j Hj. assert (N : Nat.eqb j n = false) by (apply Nat.eqb_neq; lia). now rewrite N. }
    assert (Hn : x n <> 0).
    { intro E. apply HA, transpose_injective. exists x. split.
      - exists l. split; [|easy]. destruct (Nat.eq_dec l n) as [->|]; [easy | lia].
      - intros k Hk. rewrite H', E by easy. ring. }
    exists (fun k => x k * / x n). intros j Hj. unfold apply.
    rewrite (sum_ext n _ (fun k => transpose A j k * x k * / x n)) by (intros; ring). rewrite sum_scal_r.
    fold (apply n (transpose A) x j). rewrite H' by easy. field. exact Hn.
  - exists X. intros i j Hi Hj. assert (E := HX i Hi j Hj). unfold identity, diagonal. rewrite Rmult_1_l.
    unfold basis at 1 in E. unfold basis. rewrite Nat.eqb_sym. rewrite <- E. unfold mul, apply, transpose. apply sum_ext. intros. ring.
Qed.
Lemma right_of_left n X A : equal n (mul n X A) identity -> equal n (mul n A X) identity.
Proof.
  intro H.
  assert (HX : ~ singular n X).
  { intro S. destruct (transpose_injective n (transpose X) S) as [y [[i [Hi Hy]] H0]]. apply Hy.
    assert (E : y i = apply n (transpose (mul n X A)) y i).
    { rewrite <- (apply_identity n y i Hi). apply apply_ext; [|apply agree_refl]. intros j Hj. unfold transpose. rewrite H by easy.
      unfold identity, diagonal, basis. now rewrite Nat.eqb_sym. }
    rewrite E, apply_transpose_mul. apply sum_zero. intros k Hk. rewrite H0 by easy. ring. }
  assert (V : forall v i, (i < n)%nat -> apply n A (apply n X v) i = v i).
  { intros v i Hi. destruct (nonzero_or n (fun k => apply n A (apply n X v) k - v k)) as [N|Z].
    - exfalso. apply HX. exists (fun k => apply n A (apply n X v) k - v k). split; [exact N|]. intros k Hk.
      rewrite apply_minus, (apply_inverse n X A (apply n X v) k H Hk). ring.
    - specialize (Z i Hi). cbv beta in Z. lra. }
  intros i j Hi Hj. rewrite <- (apply_basis n (mul n A X) i j Hj), apply_mul, V by easy.
  unfold identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
Qed.
Lemma inverse_unique n X Y A : equal n (mul n X A) identity -> equal n (mul n Y A) identity -> equal n X Y.
Proof.
  intros HX HY i j Hi Hj. assert (R := right_of_left n Y A HY).
  rewrite <- (apply_basis n X i j Hj), <- (apply_basis n Y i j Hj).
  rewrite <- (apply_inverse n X A (apply n Y (basis j)) i HX Hi). apply apply_ext; [easy|].
  intros k Hk. symmetry. now apply (apply_inverse n A Y).
Qed.

(* The inverse is a continuous function of a matrix. *)
Section Inverse.
Variables (n : nat) (A : R -> mat).
Hypothesis A_continuous : forall t i j, (i < n)%nat -> (j < n)%nat -> continuous (fun s => A s i j) t.
Hypothesis A_regular : forall t, ~ singular n (A t).
Definition inverse (t : R) : mat := fun i j =>
  @iota R_CompleteNormedModule (fun v => exists X, equal n (mul n X (A t)) identity /\ v = X i j).
Lemma inverse_ok t : equal n (mul n (inverse t) (A t)) identity.
Proof.
  destruct (left_inverse n (A t) (A_regular t)) as [X HX]. intros i j Hi Hj. rewrite <- (HX i j Hi Hj).
  apply sum_ext. intros k Hk. f_equal. unfold inverse.
  apply (@iota_unique R_AbsRing R_CompleteNormedModule); [|now exists X]. intros y [Y [HY ->]]. now apply (inverse_unique n Y X (A t)).
Qed.
Lemma inverse_continuous t i j : (i < n)%nat -> (j < n)%nat -> continuous (fun s => inverse s i j) t.
Proof.
  intros Hi Hj. set (V := inverse t). assert (HV := right_of_left n _ _ (inverse_ok t)).
  set (g := fun s => sum n (fun k => sum n (fun l => Rabs (A t k l - A s k l)))).
  set (row := fun s => sum n (fun k => Rabs (inverse s i k))).
  set (v := sum n (fun l => sum n (fun k => Rabs (V l k)))).
  assert (Pv : 0 <= v) by (apply sum_ge_0; intros; apply sum_ge_0; intros; apply Rabs_pos).
  assert (Pr : forall s, 0 <= row s) by (intro; apply sum_ge_0; intros; apply Rabs_pos).
  assert (Pg : forall s, 0 <= g s) by (intro; apply sum_ge_0; intros; apply sum_ge_0; intros; apply Rabs_pos).
  (* X - V = X (A(t) - A(s)) V *)
  assert (D : forall s m, (m < n)%nat -> Rabs (inverse s i m - V i m) <= row s * v * g s).
  { intros s m Hm. assert (HX := inverse_ok s).
    assert (E : inverse s i m - V i m = sum n (fun k => sum n (fun l => inverse s i k * (A t k l - A s k l) * V l m))).
    { rewrite (sum_ext n _ (fun k => inverse s i k * apply n (A t) (column V m) k - inverse s i k * apply n (A s) (column V m) k)).
      - rewrite sum_minus. f_equal.
        + fold (apply n (inverse s) (apply n (A t) (column V m)) i). rewrite <- (apply_basis n (inverse s) i m Hm).
          apply apply_ext; [easy|]. intros k Hk. rewrite <- mul_column, HV by easy. unfold identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
        + fold (apply n (inverse s) (apply n (A s) (column V m)) i). symmetry. exact (apply_inverse n _ _ (column V m) i HX Hi).
      - intros k Hk. unfold apply. rewrite <- !sum_scal, <- sum_minus. apply sum_ext. intros l Hl. unfold column. ring. }
    rewrite E. apply Rle_trans with (1 := sum_Rabs _ _). unfold g. rewrite <- sum_scal. apply sum_le. intros k Hk.
    apply Rle_trans with (1 := sum_Rabs _ _). rewrite <- sum_scal. apply sum_le. intros l Hl. rewrite !Rabs_mult.
    assert (B1 : Rabs (inverse s i k) <= row s) by (apply (sum_ge_term n (fun k => Rabs (inverse s i k))); [intros; apply Rabs_pos | easy]).
    assert (B2 : Rabs (V l m) <= v).
    { apply Rle_trans with (sum n (fun k => Rabs (V l k))).
      - apply (sum_ge_term n (fun k => Rabs (V l k))); [intros; apply Rabs_pos | easy].
      - apply (sum_ge_term n (fun l => sum n (fun k => Rabs (V l k)))); [intros; apply sum_ge_0; intros; apply Rabs_pos | easy]. }
    assert (P0 := Rabs_pos (A t k l - A s k l)). assert (P1 := Rabs_pos (inverse s i k)). assert (P2 := Rabs_pos (V l m)).
    replace (Rabs (inverse s i k) * Rabs (A t k l - A s k l) * Rabs (V l m))
      with (Rabs (inverse s i k) * Rabs (V l m) * Rabs (A t k l - A s k l)) by ring.
    apply Rmult_le_compat_r; [easy|]. now apply Rmult_le_compat. }
  assert (Rw : forall s, row s <= row t + INR n * (row s * v * g s)).
  { intro s. unfold row at 1. apply Rle_trans with (sum n (fun k => Rabs (V i k) + row s * v * g s)).
    - apply sum_le. intros k Hk. assert (Q := D s k Hk). split_Rabs; lra.
    - rewrite sum_plus, sum_const. apply Rle_refl. }
  assert (Cg : continuous g t).
  { apply (continuous_sum n (fun k s => sum n (fun l => Rabs (A t k l - A s k l)))). intros k Hk.
    apply (continuous_sum n (fun l s => Rabs (A t k l - A s k l))). intros l Hl.
    apply (continuous_comp (fun s => A t k l - A s k l) Rabs); [|apply continuous_Rabs].
    apply (continuous_minus (fun _ => A t k l)); [apply continuous_const | now apply A_continuous]. }
  assert (g0 : g t = 0) by (apply sum_zero; intros; apply sum_zero; intros; rewrite Rminus_eq_0; apply Rabs_R0).
  apply continuous_tolerance. intros e He.
  set (a := 2 * INR n * v + 1). set (b := 2 * row t * v + 1).
  assert (Pn := pos_INR n). assert (0 <= INR n * v) by now apply Rmult_le_pos. assert (0 <= row t * v) by (apply Rmult_le_pos; auto).
  assert (Ha : 0 < a) by (unfold a; lra). assert (Hb : 0 < b) by (unfold b; lra).
  destruct (proj1 (continuous_tolerance g t) Cg (Rmin (/ a) (e / b))) as [d [Hd Hg]].
  { apply Rmin_pos; [now apply Rinv_0_lt_compat | now apply Rdiv_lt_0_compat]. }
  exists d. split; [easy|]. intros s Hs. specialize (Hg s Hs). rewrite g0, Rminus_0_r, Rabs_pos_eq in Hg by apply Pg.
  assert (I1 := Rlt_le_trans _ _ _ Hg (Rmin_l _ _)). assert (I2 := Rlt_le_trans _ _ _ Hg (Rmin_r _ _)).
  assert (G1 : g s * a < 1) by (apply Rmult_lt_compat_r with (r := a) in I1; [rewrite Rinv_l in I1; lra | easy]).
  assert (G2 : g s * b < e).
  { apply Rmult_lt_compat_r with (r := b) in I2; [|easy]. unfold Rdiv in I2. rewrite Rmult_assoc, Rinv_l in I2; lra. }
  assert (Q := Rw s). assert (Ps := Pr s). assert (Gs := Pg s). assert (Pt := Pr t).
  assert (R2 : row s <= 2 * row t).
  { assert (INR n * (row s * v * g s) <= row s * / 2); [|lra].
    replace (INR n * (row s * v * g s)) with (row s * (INR n * v * g s)) by ring. apply Rmult_le_compat_l; [easy|]. unfold a in G1. lra. }
  apply Rle_lt_trans with (1 := D s j Hj). apply Rle_lt_trans with (2 := G2). unfold b.
  assert (row s * (v * g s) <= 2 * row t * (v * g s)) by (apply Rmult_le_compat_r; [now apply Rmult_le_pos | easy]). lra.
Qed.
End Inverse.

(* ---- The linearized flow ---- *)

Section Flow.
Variables (n : nat) (T : R) (A B C : R -> mat).
Hypothesis T_nonnegative : 0 <= T.
Hypothesis A_continuous : continuous_on_segment n T A.
Hypothesis B_continuous : continuous_on_segment n T B.
Hypothesis C_continuous : continuous_on_segment n T C.

Theorem flow_exists U : exists Q P, linearized_flow n T A B C U Q P.
Proof.
  set (K := fun s => blocks n (A s) (B s) (opp (C s)) (opp (transpose (A s)))).
  assert (HK : continuous_on_segment (n + n) T K).
  { intros s k l Hs Hk Hl. unfold K. destruct (low_or_high n n k Hk) as [Hk'|[k' [Hk' ->]]]; destruct (low_or_high n n l Hl) as [Hl'|[l' [Hl' ->]]].
    - apply continuous_ext with (fun s => A s k l); [intro r; now rewrite blocks_low, followed_low | now apply A_continuous].
    - apply continuous_ext with (fun s => B s k l'); [intro r; now rewrite blocks_low, followed_high | now apply B_continuous].
    - apply continuous_ext with (fun s => - C s k' l); [intro r; now rewrite blocks_high, followed_low|].
      apply (continuous_opp (fun s => C s k' l)). now apply C_continuous.
    - apply continuous_ext with (fun s => - A s l' k'); [intro r; now rewrite blocks_high, followed_high|].
      apply (continuous_opp (fun s => A s l' k')). now apply A_continuous. }
  destruct (matrix_exists (n + n) K T (fun i j => followed n (basis j) (fun i => U i j) i) T_nonnegative HK) as [Z [Z0 HZ]].
  exists Z, (fun t i j => Z t (n + i)%nat j).
  (* a row of K acts on the two halves *)
  assert (S : forall a b z, sum (n + n) (fun k => followed n a b k * z k) = sum n (fun k => a k * z k) + sum n (fun k => b k * z (n + k)%nat)).
  { intros a b z. rewrite sum_append. f_equal; apply sum_ext; intros k Hk; [now rewrite followed_low | now rewrite followed_high]. }
  split; [|split; [|split]].
  - intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HZ t i j Ht ltac:(lia) ltac:(lia)). unfold mul, add, K.
    rewrite (sum_ext (n + n) _ (fun k => followed n (A t i) (B t i) k * Z t k j)) by (intros; now rewrite blocks_low). apply S.
  - intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HZ t (n + i)%nat j Ht ltac:(lia) ltac:(lia)). unfold mul, add, K, opp at 3.
    rewrite (sum_ext (n + n) _ (fun k => followed n (opp (C t) i) (opp (transpose (A t)) i) k * Z t k j)) by (intros; now rewrite blocks_high).
    rewrite S, Ropp_plus_distr, <- !sum_opp. f_equal; apply sum_ext; intros; unfold opp; ring.
  - intros i j Hi Hj. rewrite Z0, followed_low by lia. unfold identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
  - intros i j Hi Hj. now rewrite Z0, followed_high by lia.
Qed.

(* ---- R and W from a flow without focal times ---- *)

Section Regular.
Hypothesis B_symmetric : forall t, 0 <= t <= T -> symmetric n (B t).
Hypothesis C_symmetric : forall t, 0 <= t <= T -> symmetric n (C t).
Variable V : mat.
Hypothesis V_symmetric : symmetric n V.
Variables Q P : R -> mat.
Hypothesis flow : linearized_flow n T A B C V Q P.
Hypothesis regular : forall t, 0 <= t <= T -> ~ singular n (Q t).
Notation dx := (x_derivative n T A B C V Q P flow).
Notation dy := (y_derivative n T A B C V Q P flow).

Lemma constant_function (f df : R -> R) : (forall t, 0 <= t <= T -> is_derive f t (df t) /\ df t = 0) -> forall t, 0 <= t <= T -> f t = f 0.
Proof.
  intros H t Ht. assert (E : f t - f 0 = 0); [|lra].
  apply (stays_zero 1 (fun _ s => f s - f 0) (fun _ _ => 0) T 0) with (i := 0%nat); try lra; try lia.
  - intros _ s _ Hs. destruct (H s Hs) as [D E]. rewrite E in D. apply is_derive_eq with (0 - 0); [|ring].
    apply (is_derive_minus f (fun _ => f 0)); [exact D | apply @is_derive_const].
  - intros _ s _ _. rewrite Rabs_R0. lra.
  - intros. lra.
Qed.
Lemma start w i : (i < n)%nat -> apply n (Q 0) w i = w i /\ apply n (P 0) w i = apply n V w i.
Proof.
  intro Hi. destruct flow as (_ & _ & Q0 & P0). split.
  - rewrite <- (apply_identity n w i Hi). apply apply_ext; [intros j Hj; now apply Q0 | apply agree_refl].
  - apply apply_ext; [intros j Hj; now apply P0 | apply agree_refl].
Qed.

(* the flow is symplectic *)
Lemma symplectic u v t : 0 <= t <= T -> dot n (apply n (Q t) u) (apply n (P t) v) = dot n (apply n (P t) u) (apply n (Q t) v).
Proof.
  intro Ht. set (x := fun w s => apply n (Q s) w). set (y := fun w s => apply n (P s) w).
  set (ex := fun w s i => apply n (A s) (x w s) i + apply n (B s) (y w s) i).
  set (ey := fun w s i => - (apply n (C s) (x w s) i + apply n (transpose (A s)) (y w s) i)).
  assert (E : forall a b da db s, (forall i, (i < n)%nat -> is_derive (fun s => a s i) s (da s i)) ->
    (forall i, (i < n)%nat -> is_derive (fun s => b s i) s (db s i)) -> is_derive (fun s => dot n (a s) (b s)) s (dot n (da s) (b s) + dot n (a s) (db s))).
  { intros a b da db s Ha Hb. unfold dot. rewrite <- sum_plus.
    apply (is_derive_sum n (fun i s => a s i * b s i) (fun i s => da s i * b s i + a s i * db s i)). intros i Hi.
    apply (is_derive_mult (fun s => a s i) (fun s => b s i)); [now apply Ha | now apply Hb | exact Rmult_comm]. }
  assert (K := constant_function (fun s => dot n (x u s) (y v s) - dot n (y u s) (x v s))
    (fun s => dot n (ex u s) (y v s) + dot n (x u s) (ey v s) - (dot n (ey u s) (x v s) + dot n (y u s) (ex v s)))).
  assert (F : dot n (x u t) (y v t) - dot n (y u t) (x v t) = dot n (x u 0) (y v 0) - dot n (y u 0) (x v 0)).
  { apply K; [|exact Ht]. intros s Hs. split.
    - apply (is_derive_minus (fun s => dot n (x u s) (y v s)) (fun s => dot n (y u s) (x v s))); apply E; intros i Hi;
        (now apply dx) || (now apply dy).
    - assert (PL : forall a b c, dot n (fun i => a i + b i) c = dot n a c + dot n b c)
        by (intros; unfold dot; rewrite <- sum_plus; apply sum_ext; intros; ring).
      assert (OP : forall a b c, dot n (fun i => - (a i + b i)) c = - dot n a c - dot n b c)
        by (intros; unfold dot; replace (- sum n (fun i => a i * c i)) with (sum n (fun i => - (a i * c i))) by apply sum_opp;
            rewrite <- sum_minus; apply sum_ext; intros; ring).
      unfold ex, ey. rewrite PL, OP, (dot_comm n (x u s)), OP, (dot_comm n (y u s)), PL.
      rewrite (dot_comm n (apply n (A s) (x u s))), (dot_apply n (A s)).
      rewrite (dot_comm n (apply n (A s) (x v s)) (y u s)), (dot_apply n (A s) (y u s)).
      rewrite (dot_comm n (apply n (B s) (y u s))), (dot_apply_symmetric n (B s) (y v s) (y u s)) by now apply B_symmetric.
      rewrite (dot_comm n (apply n (C s) (x v s))), (dot_apply_symmetric n (C s) (x u s) (x v s)) by now apply C_symmetric.
      rewrite (dot_comm n (apply n (B s) (y v s)) (y u s)), (dot_comm n (apply n (C s) (x u s)) (x v s)).
      ring. }
  assert (I : dot n (x u 0) (y v 0) = dot n (y u 0) (x v 0)); [|fold (x u t) (y v t) (y u t) (x v t); lra].
  unfold x, y, dot. rewrite (sum_ext n _ (fun i => u i * apply n V v i)), (sum_ext n (fun i => apply n (P 0) u i * _) (fun i => apply n V u i * v i)).
  - fold (dot n u (apply n V v)) (dot n (apply n V u) v). rewrite (dot_comm n (apply n V u)). now apply dot_apply_symmetric.
  - intros i Hi. destruct (start u i Hi) as [_ ->]. now destruct (start v i Hi) as [-> _].
  - intros i Hi. destruct (start u i Hi) as [-> _]. now destruct (start v i Hi) as [_ ->].
Qed.

Definition riccati (Rc : R -> mat) : Prop :=
  derivative n T Rc (fun t => opp (add (add (add (C t) (mul n (transpose (A t)) (Rc t))) (mul n (Rc t) (A t))) (mul n (mul n (Rc t) (B t)) (Rc t)))).

Theorem riccati_exists : exists Rc W, riccati Rc /\ equal n (Rc 0) V /\ (forall t, 0 <= t <= T -> symmetric n (Rc t)) /\
  derivative n T W (fun t => opp (mul n (transpose (add (A t) (mul n (B t) (Rc t)))) (W t))) /\ equal n (W 0) identity /\
  forall t, 0 <= t <= T -> equal n (mul n (Q t) (transpose (W t))) identity.
Proof.
  set (r := fun t => Rmax 0 (Rmin t T)).
  assert (Hr : forall t, 0 <= r t <= T) by (intro t; unfold r, Rmax, Rmin; repeat destruct Rle_dec; lra).
  assert (Er : forall t, 0 <= t <= T -> r t = t) by (intros t Ht; unfold r; now rewrite Rmin_left, Rmax_right by lra).
  assert (Cr : forall t, continuous r t).
  { intro t. apply continuous_tolerance. intros e He. exists e. split; [easy|]. intros s Hs.
    unfold r, Rmax, Rmin. repeat destruct Rle_dec; split_Rabs; lra. }
  destruct flow as (HQ & HP & Q0 & P0).
  assert (Cont : forall X, continuous_on_segment n T X -> forall t i j, (i < n)%nat -> (j < n)%nat -> continuous (fun s => X (r s) i j) t).
  { intros X HX t i j Hi Hj. apply (continuous_comp r (fun s => X s i j)); [apply Cr | now apply HX]. }
  set (Y := inverse n (fun s => Q (r s))).
  assert (HY : forall t, equal n (mul n (Y t) (Q (r t))) identity) by (intro; apply (inverse_ok n (fun s => Q (r s))); intro; apply regular, Hr).
  assert (CY : continuous_on_segment n T Y).
  { intros t i j _ Hi Hj. apply (inverse_continuous n (fun s => Q (r s))); try easy; [|intro; apply regular, Hr].
    apply Cont. now apply derivative_continuous with (1 := HQ). }
  set (R0 := fun t => mul n (P (r t)) (Y t)).
  assert (CR : continuous_on_segment n T R0).
  { apply (continuous_mul n T (fun t => P (r t)) Y); [|exact CY]. intros t i j _ Hi Hj. apply Cont; try easy. now apply derivative_continuous with (1 := HP). }
  set (G := fun t => add (A t) (mul n (B t) (R0 t))).
  assert (CG : continuous_on_segment n T G) by (apply continuous_add; [easy | now apply continuous_mul]).
  destruct (matrix_exists n (fun t => opp (transpose (G t))) T identity T_nonnegative) as [W [W0 HW]].
  { intros t i j Ht Hi Hj. apply (continuous_opp (fun s => G s j i)). now apply CG. }
  assert (HW' : derivative n T W (fun t => opp (mul n (transpose (G t)) (W t)))).
  { intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HW t i j Ht Hi Hj). unfold mul, opp. rewrite <- sum_opp. apply sum_ext. intros; ring. }
  (* R0 x = y *)
  assert (E0 : forall t w i, 0 <= t <= T -> (i < n)%nat -> apply n (R0 t) (apply n (Q t) w) i = apply n (P t) w i).
  { intros t w i Ht Hi. unfold R0. rewrite apply_mul, Er by easy. apply apply_ext; [easy|]. intros k Hk.
    assert (H := HY t). rewrite Er in H by easy. now apply apply_inverse. }
  (* W' is the inverse of Q *)
  assert (WQ : forall t, 0 <= t <= T -> equal n (mul n (transpose (W t)) (Q t)) identity).
  { intros t Ht i j Hi Hj. rewrite mul_column. set (w := basis j).
    assert (Ew : forall s k, (k < n)%nat -> column (Q s) j k = apply n (Q s) w k) by (intros; unfold w; now rewrite apply_basis).
    rewrite (apply_ext n _ (transpose (W t)) _ (apply n (Q t) w)) by (easy || (intros k Hk; now apply Ew)).
    rewrite (constant_function (fun s => apply n (transpose (W s)) (apply n (Q s) w) i)
      (fun s => apply n (transpose (opp (mul n (transpose (G s)) (W s)))) (apply n (Q s) w) i
        + apply n (transpose (W s)) (fun k => apply n (A s) (apply n (Q s) w) k + apply n (B s) (apply n (P s) w) k) i)) with (t := t); [| |easy].
    - rewrite (apply_ext n (transpose (W 0)) identity _ w).
      + rewrite apply_identity by easy. unfold w, identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
      + intros k Hk. unfold transpose. rewrite W0 by easy. unfold identity, diagonal, basis. now rewrite Nat.eqb_sym.
      + intros k Hk. now apply start.
    - intros s Hs. split.
      + apply (is_derive_apply n (fun s => transpose (W s)) _ (fun s => apply n (Q s) w)).
        * intros k Hk. exact (HW' s k i Hs Hk Hi).
        * intros k Hk. now apply dx.
      + change (transpose (opp (mul n (transpose (G s)) (W s)))) with (opp (transpose (mul n (transpose (G s)) (W s)))).
        rewrite apply_opp, apply_transpose_mul. change (transpose (transpose (G s))) with (G s).
        rewrite (apply_ext n (transpose (W s)) (transpose (W s)) (apply n (G s) (apply n (Q s) w))
          (fun k => apply n (A s) (apply n (Q s) w) k + apply n (B s) (apply n (P s) w) k)); [ring | easy|].
        intros k Hk. unfold G. rewrite apply_add, apply_mul. f_equal. apply apply_ext; [easy|]. intros l Hl. now apply E0. }
  assert (QW : forall t, 0 <= t <= T -> equal n (mul n (Q t) (transpose (W t))) identity) by (intros t Ht; now apply right_of_left, WQ).
  set (Rc := fun t => mul n (P t) (transpose (W t))).
  assert (ER : forall t, 0 <= t <= T -> equal n (R0 t) (Rc t)).
  { intros t Ht i j Hi Hj. unfold R0, Rc. rewrite Er by easy. apply sum_ext. intros k Hk. f_equal.
    assert (H := HY t). rewrite Er in H by easy. now apply (inverse_unique n (Y t) (transpose (W t)) (Q t)); [| apply WQ | |]. }
  (* row j of W under Q and P *)
  set (w := fun t j k => W t j k).
  assert (Qw : forall t j k, 0 <= t <= T -> (j < n)%nat -> (k < n)%nat -> apply n (Q t) (w t j) k = basis j k).
  { intros t j k Ht Hj Hk. change (apply n (Q t) (w t j) k) with (mul n (Q t) (transpose (W t)) k j). rewrite QW by easy.
    unfold identity, diagonal. ring. }
  exists Rc, W. split; [|split; [|split; [|split; [|split]]]]; try assumption.
  - intros t i j Ht Hi Hj.
    assert (E : is_derive (fun s => apply n (P s) (w s j) i) t
      (apply n (opp (add (mul n (C t) (Q t)) (mul n (transpose (A t)) (P t)))) (w t j) i
       + apply n (P t) (fun k => opp (mul n (transpose (G t)) (W t)) j k) i)).
    { apply is_derive_apply; [intros k Hk; now apply HP | intros k Hk; now apply HW']. }
    apply is_derive_eq with (1 := E). rewrite apply_opp, apply_add, !apply_mul. unfold opp at 2, add.
    assert (E1 : apply n (C t) (apply n (Q t) (w t j)) i = C t i j).
    { rewrite <- (apply_basis n (C t) i j Hj). apply apply_ext; [easy|]. intros k Hk. now apply Qw. }
    assert (E2 : apply n (transpose (A t)) (apply n (P t) (w t j)) i = mul n (transpose (A t)) (Rc t) i j) by reflexivity.
    assert (E3 : apply n (P t) (fun k => opp (mul n (transpose (G t)) (W t)) j k) i = - (mul n (Rc t) (G t) i j)).
    { unfold apply, opp, mul, Rc, transpose. rewrite (sum_ext n _ (fun k => - (P t i k * sum n (fun l => G t l j * W t l k)))) by (intros; ring).
      rewrite sum_opp. f_equal. rewrite (sum_ext n _ (fun k => sum n (fun l => P t i k * (G t l j * W t l k)))) by (intros; now rewrite sum_scal).
      rewrite sum_exchange. apply sum_ext. intros l Hl. unfold mul. rewrite <- sum_scal_r. apply sum_ext. intros; ring. }
    assert (E4 : mul n (Rc t) (G t) i j = mul n (Rc t) (A t) i j + mul n (mul n (Rc t) (B t)) (Rc t) i j).
    { rewrite (mul_column n (mul n (Rc t) (B t))), apply_mul. unfold apply at 1. unfold mul at 1 2. rewrite <- sum_plus. apply sum_ext. intros k Hk.
      unfold G, add, apply. rewrite Rmult_plus_distr_l. f_equal. f_equal. unfold mul at 1. apply sum_ext. intros l Hl. unfold column. now rewrite (ER t Ht). }
    rewrite E1, E2, E3, E4. unfold opp. ring.
  - intros i j Hi Hj. unfold Rc. assert (H0 : 0 <= 0 <= T) by lra. change (mul n (P 0) (transpose (W 0)) i j) with (apply n (P 0) (w 0 j) i).
    destruct (start (w 0 j) i Hi) as [_ ->]. rewrite <- (apply_basis n V i j Hj). apply apply_ext; [easy|]. intros k Hk.
    unfold w. rewrite W0 by easy. unfold identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
  - (* R = W Q'P W' *)
    intros t Ht i j Hi Hj. unfold transpose.
    assert (E : forall k l, (k < n)%nat -> (l < n)%nat -> Rc t k l = dot n (apply n (Q t) (w t k)) (apply n (P t) (w t l))).
    { intros k l Hk Hl. change (Rc t k l) with (apply n (P t) (w t l) k). unfold dot.
      rewrite (sum_ext n _ (fun m => apply n (P t) (w t l) m * basis k m)) by (intros m Hm; rewrite Qw by easy; ring).
      now rewrite sum_basis. }
    rewrite !E, symplectic, dot_comm by easy. reflexivity.
  - intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HW' t i j Ht Hi Hj). unfold opp, mul. f_equal. apply sum_ext. intros k Hk. f_equal.
    unfold transpose, G, add. f_equal. unfold mul. apply sum_ext. intros l Hl. now rewrite (ER t Ht).
Qed.
End Regular.

(* ... and only there: where R exists, the flow has no focal time. *)
Theorem riccati_regular V Q P Rc : (forall t, 0 <= t <= T -> symmetric n (B t)) -> linearized_flow n T A B C V Q P ->
  riccati Rc -> equal n (Rc 0) V -> (forall t, 0 <= t <= T -> symmetric n (Rc t)) -> forall t, 0 <= t <= T -> ~ singular n (Q t).
Proof.
  intros BS F HR R0 RS t Ht [w [[j [Hj Hw]] H0]]. apply Hw.
  assert (CR := derivative_continuous n T Rc _ HR).
  assert (CG : continuous_on_segment n T (fun s => add (A s) (mul n (B s) (Rc s)))) by (apply continuous_add; [easy | now apply continuous_mul]).
  destruct (matrix_exists n (fun s => opp (transpose (add (A s) (mul n (B s) (Rc s))))) T identity T_nonnegative) as [W [W0 HW]].
  { intros s i k Hs Hi Hk. apply (continuous_opp (fun s => add (A s) (mul n (B s) (Rc s)) k i)). now apply CG. }
  assert (HW' : derivative n T W (fun s => opp (mul n (transpose (add (A s) (mul n (B s) (Rc s)))) (W s)))).
  { intros s i k Hs Hi Hk. apply is_derive_eq with (1 := HW s i k Hs Hi Hk). unfold mul, opp. rewrite <- sum_opp. apply sum_ext. intros; ring. }
  destruct (primitive_exists n (fun s => opp (mul n (mul n (transpose (W s)) (B s)) (W s))) T (diagonal (fun _ => / 0)) T_nonnegative) as [M [M0 HM]].
  { assert (CW := derivative_continuous n T W _ HW).
    assert (K : continuous_on_segment n T (fun s => mul n (mul n (transpose (W s)) (B s)) (W s))).
    { apply continuous_mul; [|exact CW]. apply (continuous_mul n T (fun s => transpose (W s))); [now apply continuous_transpose | easy]. }
    intros s i k Hs Hi Hk. apply (continuous_opp (fun s => mul n (mul n (transpose (W s)) (B s)) (W s) i k)). now apply K. }
  assert (HM' : monotone_matrix n T A B C V (fun _ => 0) Rc W M).
  { split; [exact HR | split; [exact HW' | split; [exact HM | split; [|now split]]]].
    intros i k Hi Hk. rewrite R0 by easy. unfold add, diagonal. ring. }
  set (x := fun s => apply n (Q s) w).
  assert (X : x 0 j = w j) by (destruct F as (_ & _ & Q0 & _); unfold x; rewrite <- (apply_identity n w j Hj);
    apply apply_ext; [intros k Hk; now apply Q0 | apply agree_refl]).
  rewrite <- X. apply (linear_unique_backwards n (fun s => add (A s) (mul n (B s) (Rc s))) x t); [easy | | | exact H0 | easy].
  - intros s i k Hs. apply CG. lra.
  - intros s i Hs Hi. assert (HsT : 0 <= s <= T) by lra.
    apply is_derive_eq with (1 := x_derivative n T A B C V Q P F w s i HsT Hi). fold (x s).
    rewrite apply_add, apply_mul. f_equal. apply apply_ext; [easy|]. intros k Hk.
    assert (E := defect_zero n T A B C V (fun _ => 0) Q P Rc W M A_continuous B_continuous BS F HM' RS w s k HsT Hk). cbv beta in E.
    assert (Z : apply n (W s) (fun i => 0 * w i) k = 0) by (apply sum_zero; intros; ring).
    rewrite Z in E. fold (x s) in E. lra.
Qed.
End Flow.

(* ---- The matrices of MonotoneMatrix.v, and the theorem without them ---- *)

Section Comparison.
Variables (n : nat) (T : R) (A B C : R -> mat) (U : mat) (c : vec).
Hypothesis T_nonnegative : 0 <= T.
Hypothesis A_continuous : continuous_on_segment n T A.
Hypothesis B_continuous : continuous_on_segment n T B.
Hypothesis B_symmetric : forall t, 0 <= t <= T -> symmetric n (B t).
Hypothesis C_symmetric : forall t, 0 <= t <= T -> symmetric n (C t).
Hypothesis U_symmetric : symmetric n U.
(* the flow from U + diag(c) *)
Variables Qc Pc : R -> mat.
Hypothesis shifted : linearized_flow n T A B C (add U (diagonal c)) Qc Pc.
Hypothesis regular : forall t, 0 < t <= T -> ~ singular n (Qc t).

Theorem matrices_exist : exists Rc W M, monotone_matrix n T A B C U c Rc W M /\
  (forall t, 0 <= t <= T -> symmetric n (Rc t)) /\ forall t, 0 <= t <= T -> equal n (mul n (Qc t) (transpose (W t))) identity.
Proof.
  assert (V : symmetric n (add U (diagonal c))).
  { intros i j Hi Hj. unfold transpose, add. rewrite (U_symmetric i j Hi Hj). unfold transpose. f_equal.
    unfold diagonal. destruct (Nat.eq_dec i j) as [->|Hne]; [reflexivity|]. rewrite !basis_other by auto. ring. }
  assert (Reg : forall t, 0 <= t <= T -> ~ singular n (Qc t)).
  { intros t Ht. destruct (Req_dec t 0) as [->|Hne]; [|apply regular; lra]. intros [x [[i [Hi Hx]] H0]]. apply Hx.
    destruct shifted as (_ & _ & Q0 & _). rewrite <- (H0 i Hi), <- (apply_identity n x i Hi) at 1. symmetry.
    apply apply_ext; [intros j Hj; now apply Q0 | apply agree_refl]. }
  destruct (riccati_exists n T A B C T_nonnegative A_continuous B_continuous B_symmetric C_symmetric _ V Qc Pc shifted Reg)
    as (Rc & W & HR & R0 & RS & HW & W0 & QW).
  destruct (primitive_exists n (fun t => opp (mul n (mul n (transpose (W t)) (B t)) (W t))) T (diagonal (fun i => / c i)) T_nonnegative) as [M [M0 HM]].
  { assert (CW := derivative_continuous n T W _ HW).
    assert (K : continuous_on_segment n T (fun t => mul n (mul n (transpose (W t)) (B t)) (W t))).
    { apply continuous_mul; [|exact CW]. apply (continuous_mul n T (fun t => transpose (W t))); [now apply continuous_transpose | easy]. }
    intros t i j Ht Hi Hj. apply (continuous_opp (fun s => mul n (mul n (transpose (W s)) (B s)) (W s) i j)). now apply K. }
  exists Rc, W, M. split; [|now split]. now split; [|split; [|split; [|split; [|split]]]].
Qed.

Hypothesis B_definite : forall t, 0 <= t <= T -> positive_definite n (B t).
Hypothesis c_positive : forall i, (i < n)%nat -> 0 < c i.
Variables Q P : R -> mat.
Hypothesis flow : linearized_flow n T A B C U Q P.

Theorem comparison : exists M,
  (forall t w i, 0 <= t <= T -> (i < n)%nat -> apply n (Qc t) (apply n (M t) (fun k => c k * w k)) i = apply n (Q t) w i) /\
  (forall t, 0 <= t <= T -> symmetric n (M t)) /\
  forall T1, 0 <= T1 <= T ->
    ((forall t, 0 < t <= T1 -> ~ singular n (Q t)) <-> positive_definite n (M T1)) /\
    (forall w, quadratic n (M T1) w < 0 -> exists t, 0 < t < T1 /\ singular n (Q t)).
Proof.
  destruct matrices_exist as (Rc & W & M & HM & RS & QW). exists M. split; [|split].
  - intros t w i Ht Hi.
    rewrite (apply_ext n (Qc t) (Qc t) _ (apply n (transpose (W t)) (apply n (Q t) w))).
    + rewrite <- apply_mul, <- (apply_identity n (apply n (Q t) w) i Hi). apply apply_ext; [intros j Hj; now apply QW | apply agree_refl].
    + easy.
    + intros k Hk. symmetry.
      exact (monotone_identity n T A B C U c Q P Rc W M A_continuous B_continuous B_symmetric c_positive flow HM RS w t k Ht Hk).
  - intros t Ht. exact (M_symmetric n T A B C U c Rc W M B_symmetric HM t Ht).
  - intros T1 HT1. split.
    + exact (no_focal_time_iff n T A B C U c Q P Rc W M A_continuous B_continuous B_symmetric B_definite c_positive flow HM RS T1 HT1).
    + intros w Hw. exact (focal_time_exists n T A B C U c Q P Rc W M A_continuous B_continuous B_symmetric c_positive flow HM RS T1 w HT1 Hw).
Qed.
End Comparison.

(* ---- The same for a Hamiltonian, with Shock.v ---- *)

Section Shock.
Variable n : nat.
Variable T1 : R.
Hypothesis T1_nonnegative : 0 <= T1.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variable H : vec -> vec -> R.
Variables Hq Hp : nat -> vec -> vec -> R.
Variables Hqq Hqp Hpq Hpp : field2.
Hypothesis H_C1 : C1 n D H Hq Hp.
Hypothesis H_C2 : hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp.

Lemma exchange_qq x y i j : D x -> (i < n)%nat -> (j < n)%nat -> Hqq i j x y = Hqq j i x y.
Proof.
  intros Hx Hi Hj. destruct (Nat.eq_dec i j) as [->|Hne]; [easy|]. destruct (D_open x Hx) as [d [Hd HD]].
  assert (Two : forall d s r, 0 < d -> Rabs (s - x j) < d -> Rabs (r - x i) < d -> near n x d (upd (upd x j s) i r)).
  { intros d' s r Hd' Hs Hr k Hk. destruct (Nat.eq_dec k i) as [->|Hki]; [now rewrite upd_same|].
    rewrite upd_other by easy. now apply (near_upd n x j s d' Hd' Hs). }
  assert (Hself : forall r, upd (upd x i r) j (x j) = upd x i r).
  { intro r. assert (E := upd_self (upd x i r) j). now rewrite (upd_other x i r j) in E by auto. }
  assert (M : is_derive (fun r => Hq j (upd x i r) y) (x i) (Hqq i j x y)).
  { apply is_derive_eq with (Hqq i j (upd (upd x j (x j)) i (x i)) y); [|now rewrite upd_self, upd_self].
    apply (mixed_derivative (fun s r => H (upd (upd x j s) i r) y) (fun s r => Hq i (upd (upd x j s) i r) y)
      (fun s r => Hqq i j (upd (upd x j s) i r) y) (fun r => Hq j (upd x i r) y) (x j) (x i) d Hd).
    - intros s r Hs Hr. assert (In : D (upd (upd x j s) i r)) by now apply HD, Two. split.
      + now apply (C1_line n D H Hq Hp (upd x j s) y i r H_C1 Hi).
      + rewrite (upd_comm x i j r s Hne).
        apply is_derive_ext with (fun s => Hq i (upd (upd x i r) j s) y); [intro z; now rewrite (upd_comm x i j r z Hne)|].
        apply (C1_line n D (Hq i) (Hqq i) (Hqp i) (upd x i r) y j s (proj1 (H_C2 i Hi)) Hj). now rewrite <- (upd_comm x i j r s Hne).
    - intros e He. rewrite upd_self, upd_self. destruct (proj2 (proj1 (H_C2 i Hi)) x y j Hx Hj) as (_ & Cqq & _).
      destruct (Cqq e He) as [c [Hc Hce]]. exists (Rmin c d). assert (Hm := conj (Rmin_l c d) (Rmin_r c d)).
      split; [now apply Rmin_pos|]. intros s r Hs Hr. apply Hce; [apply HD, Two; lra | apply Two; lra | now apply near_self].
    - intros r Hr. apply is_derive_ext with (fun s => H (upd (upd x i r) j s) y); [intro z; now rewrite (upd_comm x i j r z Hne)|].
      assert (E := proj1 (C1_line n D H Hq Hp (upd x i r) y j (x j) H_C1 Hj)). rewrite Hself in E. apply E.
      rewrite <- (upd_self x j) at 1. apply HD, Two; try easy. now rewrite Rminus_eq_0, Rabs_R0. }
  destruct (proj1 (H_C2 j Hj)) as [_ N]. destruct (N x y i Hx Hi) as [N' _].
  apply is_derive_unique in M. apply is_derive_unique in N'. now rewrite <- M, N'.
Qed.

Variables q p : R -> vec.
Hypothesis qp : characteristic n T1 D Hq Hp q p.
Hypothesis Hpp_definite : forall t, 0 <= t <= T1 -> positive_definite n (along Hpp q p t).
Variable U : mat.
Hypothesis U_symmetric : symmetric n U.

Lemma flow_is_linearized V Q P : linearized_flow n T1 (along Hpq q p) (along Hpp q p) (along Hqq q p) V Q P ->
  linearized n T1 Hqq Hqp Hpq Hpp q p V Q P.
Proof.
  intros (HQ & HP & Q0 & P0). split; [easy | split; [|easy]].
  intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HP t i j Ht Hi Hj). unfold opp, add, mul. do 2 f_equal.
  apply sum_ext. intros k Hk. unfold along, transpose.
  now rewrite (exchange_qp n D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 (q t) (p t) (proj1 (qp t Ht)) i k Hi Hk).
Qed.
Theorem linearized_exists V : exists Q P, linearized n T1 Hqq Hqp Hpq Hpp q p V Q P.
Proof.
  destruct (second_derivatives_continuous n T1 D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp) as (Cc & _ & Ca & Cb).
  destruct (flow_exists n T1 _ _ _ T1_nonnegative Ca Cb Cc V) as (Q & P & F). exists Q, P. now apply flow_is_linearized.
Qed.

Variable c : vec.
Hypothesis c_positive : forall i, (i < n)%nat -> 0 < c i.
Variables Qc Pc : R -> mat.
Hypothesis shifted : linearized n T1 Hqq Hqp Hpq Hpp q p (add U (diagonal c)) Qc Pc.
Hypothesis regular : forall t, 0 < t <= T1 -> ~ singular n (Qc t).

Theorem shock_comparison : exists (Q P : R -> mat) (M : mat), linearized n T1 Hqq Hqp Hpq Hpp q p U Q P /\
  (forall w i, (i < n)%nat -> apply n (Qc T1) (apply n M (fun k => c k * w k)) i = apply n (Q T1) w i) /\
  (positive_definite n M -> forall t, 0 < t <= T1 -> ~ singular n (Q t)) /\
  (forall w, quadratic n M w < 0 -> exists t, 0 < t < T1 /\ singular n (Q t)) /\
  forall u0 v0, (forall x i, D x -> (i < n)%nat -> is_derive (fun s => u0 (upd x i s)) (x i) (v0 i x)) ->
    differentiable_at n v0 (q 0) U -> (forall i, (i < n)%nat -> p 0 i = v0 i (q 0)) ->
    forall w, quadratic n M w < 0 -> forall T, T1 <= T -> ~ exists u, C2_solution n T D H u0 u.
Proof.
  destruct (second_derivatives_continuous n T1 D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp) as (_ & _ & Ca & Cb).
  destruct (linearized_exists U) as (Q & P & QP).
  assert (F := linearized_is_flow n T1 D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 q p qp U Q P QP).
  assert (Fc := linearized_is_flow n T1 D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 q p qp _ Qc Pc shifted).
  assert (SB := along_symmetric n T1 D H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 q p qp).
  assert (SC : forall t, 0 <= t <= T1 -> symmetric n (along Hqq q p t)) by (intros t Ht i j Hi Hj; apply exchange_qq; try easy; now apply qp).
  destruct (matrices_exist n T1 _ _ _ U c T1_nonnegative Ca Cb SB SC U_symmetric Qc Pc Fc regular) as (Rc & W & M & HM & RS & QW).
  assert (L : 0 <= T1 <= T1) by lra. exists Q, P, (M T1). split; [exact QP|]. split; [|split; [|split]].
  - intros w i Hi. rewrite (apply_ext n (Qc T1) (Qc T1) _ (apply n (transpose (W T1)) (apply n (Q T1) w))); [|easy|].
    + rewrite <- apply_mul, <- (apply_identity n (apply n (Q T1) w) i Hi). apply apply_ext; [intros j Hj; now apply QW | apply agree_refl].
    + intros k Hk. symmetry. exact (monotone_identity n T1 _ _ _ U c Q P Rc W M Ca Cb SB c_positive F HM RS w T1 k L Hk).
  - exact (leaf_sound n T1 T1_nonnegative D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 q p qp Hpp_definite U Q P QP c c_positive Rc W M HM RS).
  - intros w Hw. exact (focal_time_exists n T1 _ _ _ U c Q P Rc W M Ca Cb SB c_positive F HM RS T1 w L Hw).
  - intros u0 v0 Hg Hh Hi w Hw.
    exact (proj2 (witness_sound n T1 T1_nonnegative D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 q p qp U Q P QP c c_positive Rc W M HM RS
      u0 v0 Hg Hh Hi w Hw)).
Qed.
End Shock.
Print Assumptions flow_exists.
Print Assumptions riccati_regular.
Print Assumptions matrices_exist.
Print Assumptions comparison.
Print Assumptions shock_comparison.
