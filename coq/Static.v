(* Hamiltonians H(p) that do not depend on q: the characteristics are the straight lines q + t H_p, with p constant. Write
   A = H_pp (symmetric, positive definite) and U = Hess u0 (symmetric) at the start; then Q(t) = I + t A U.

   static_no_focal_time_iff: no time of (0, L] is focal if and only if A + L A U A is positive definite.
   static_lower, static_upper: the first focal time is -1/lambda, where lambda is the least value of z'AUAz / z'Az, the least
   eigenvalue of A U.
   static_shock: no classical solution lives past a focal time. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Definite Linear DefinitePath Smooth Characteristic HamiltonJacobi.
Open Scope R_scope.

Definition scale (s : R) (X : mat) : mat := fun i j => s * X i j.
(* I + t X *)
Definition moved (t : R) (X : mat) : mat := add identity (scale t X).

Lemma apply_scale n s X x i : apply n (scale s X) x i = s * apply n X x i.
Proof. unfold apply, scale. rewrite <- sum_scal. apply sum_ext. intros. ring. Qed.
Lemma apply_moved n t X x i : (i < n)%nat -> apply n (moved t X) x i = x i + t * apply n X x i.
Proof.
  intro Hi. unfold moved, identity. rewrite apply_add, apply_scale, apply_diagonal by easy. ring.
Qed.
Lemma is_derive_affine (a b t : R) : is_derive (fun s => a + s * b) t b.
Proof. auto_derive; [easy | ring]. Qed.

Section Matrices.
Variable n : nat.
Variables A U : mat.
Hypothesis A_symmetric : symmetric n A.
Hypothesis A_definite : positive_definite n A.
Hypothesis U_symmetric : symmetric n U.

Let AU := mul n A U.
Let form t : mat := add A (scale t (mul n AU A)).

Lemma apply_form t z i : apply n (form t) z i = apply n A z i + t * apply n A (apply n U (apply n A z)) i.
Proof. unfold form, AU. now rewrite apply_add, apply_scale, !apply_mul. Qed.
Lemma quadratic_form t z : quadratic n (form t) z = quadratic n A z + t * quadratic n U (apply n A z).
Proof.
  assert (E : dot n z (apply n A (apply n U (apply n A z))) = quadratic n U (apply n A z)).
  { unfold quadratic. rewrite (dot_apply_symmetric n A) by easy. apply dot_comm. }
  rewrite <- E. unfold quadratic, dot. rewrite <- sum_scal, <- sum_plus. apply sum_ext. intros i _. rewrite apply_form. ring.
Qed.
Lemma form_symmetric t : symmetric n (form t).
Proof.
  assert (E : forall i j, (i < n)%nat -> (j < n)%nat ->
    mul n AU A i j = dot n (apply n A (basis i)) (apply n U (apply n A (basis j)))).
  { intros i j Hi Hj. rewrite <- (apply_basis n (mul n AU A) i j Hj). unfold AU. rewrite !apply_mul.
    rewrite <- (sum_basis n (apply n A (apply n U (apply n A (basis j)))) i Hi).
    change (dot n (apply n A (apply n U (apply n A (basis j)))) (basis i) = dot n (apply n A (basis i)) (apply n U (apply n A (basis j)))).
    rewrite dot_comm, (dot_apply_symmetric n A) by easy. apply dot_comm. }
  intros i j Hi Hj. unfold form, add, transpose, scale. rewrite (A_symmetric i j Hi Hj), (E i j Hi Hj), (E j i Hj Hi).
  unfold transpose. now rewrite (dot_apply_symmetric n U).
Qed.
Lemma form_0 z : quadratic n (form 0) z = quadratic n A z.
Proof. rewrite quadratic_form. ring. Qed.

(* The kernels of A + t A U A and of I + t A U correspond by A. *)
Lemma form_singular t : singular n (form t) <-> singular n (moved t AU).
Proof.
  split.
  - intros [z [Hz H0]]. exists (apply n A z). split.
    + destruct (nonzero_or n (apply n A z)) as [H|H]; [easy|]. exfalso.
      apply (definite_not_singular n A A_definite). now exists z.
    + intros i Hi. rewrite apply_moved by easy. unfold AU. rewrite apply_mul, <- (H0 i Hi), apply_form. ring.
  - intros [w [[i [Hi Hw]] H0]]. set (z := fun j => - t * apply n U w j).
    assert (Hz : forall j, (j < n)%nat -> apply n A z j = w j).
    { intros j Hj. specialize (H0 j Hj). rewrite apply_moved in H0 by easy. unfold AU in H0. rewrite apply_mul in H0.
      assert (E : apply n A z j = - t * apply n A (apply n U w) j).
      { unfold apply at 1 2. rewrite <- sum_scal. apply sum_ext. intros. unfold z. ring. }
      lra. }
    exists z. split.
    + destruct (nonzero_or n z) as [H|H]; [easy|]. exfalso. apply Hw. rewrite <- (Hz i Hi).
      apply sum_zero. intros j Hj. rewrite H by easy. ring.
    + intros j Hj. rewrite apply_form, Hz by easy. specialize (H0 j Hj). rewrite apply_moved in H0 by easy. unfold AU in H0.
      rewrite apply_mul in H0. rewrite (apply_ext n A A _ (apply n U w)); [easy | easy |].
      intros k _. now apply apply_ext.
Qed.

Lemma form_continuous L : continuous_on_segment n L form.
Proof.
  intros t i j _ _ _. apply (ex_derive_continuous (fun s => form s i j)). exists (mul n AU A i j). apply is_derive_affine.
Qed.
Lemma form_definite_0 : positive_definite n (form 0).
Proof. intros z Hz. rewrite form_0. now apply A_definite. Qed.

Theorem static_no_focal_time_iff L : 0 <= L ->
  (forall t, 0 < t <= L -> ~ singular n (moved t (mul n A U))) <->
  positive_definite n (add A (scale L (mul n (mul n A U) A))).
Proof.
  intro HL. change (mul n A U) with AU. change (add A (scale L (mul n AU A))) with (form L). split.
  - intro regular. apply (definite_path n L form); [apply form_continuous | intros; apply form_symmetric | exact form_definite_0 | | lra].
    intros t Ht Hs. apply (regular t Ht). now apply form_singular.
  - intros HF t Ht Hs. apply (definite_not_singular n (form t)); [|now apply form_singular].
    intros z Hz. rewrite quadratic_form. assert (HA := A_definite z Hz). specialize (HF z Hz). rewrite quadratic_form in HF.
    destruct (Rle_or_lt 0 (quadratic n U (apply n A z))) as [H|H]; nra.
Qed.

Theorem static_lower mu : 0 < mu -> (forall z, - mu * quadratic n A z <= quadratic n U (apply n A z)) ->
  forall t, 0 < t < / mu -> ~ singular n (moved t (mul n A U)).
Proof.
  intros Hmu Hz t Ht. apply (proj2 (static_no_focal_time_iff t ltac:(lra))); [|lra].
  change (add A (scale t (mul n (mul n A U) A))) with (form t). intros z Hnz. rewrite quadratic_form.
  specialize (A_definite z Hnz). specialize (Hz z).
  assert (Htm : t * mu < 1) by (apply Rlt_le_trans with (/ mu * mu); [apply Rmult_lt_compat_r; lra | right; field; lra]).
  apply Rlt_le_trans with ((1 - t * mu) * quadratic n A z); [apply Rmult_lt_0_compat; lra|].
  apply (Rmult_le_compat_l t) in Hz; lra.
Qed.

Theorem static_upper mu z : 0 < mu -> quadratic n U (apply n A z) < - mu * quadratic n A z ->
  exists t, 0 < t < / mu /\ singular n (moved t (mul n A U)).
Proof.
  intros Hmu Hz. assert (Hi := Rinv_0_lt_compat mu Hmu).
  destruct (singular_before n (/ mu) form z) as [t [Ht Hs]].
  - lra.
  - apply form_continuous.
  - intros. apply form_symmetric.
  - exact form_definite_0.
  - rewrite quadratic_form. apply (Rmult_lt_compat_l (/ mu)) in Hz; [|easy].
    replace (/ mu * (- mu * quadratic n A z)) with (- quadratic n A z) in Hz by (field; lra). lra.
  - exists t. split; [easy | now apply form_singular].
Qed.
End Matrices.
Print Assumptions static_no_focal_time_iff.
Print Assumptions static_lower.
Print Assumptions static_upper.

(* v_t + (Dv) H_p(v) = 0,  v(0, q) = v0(q), on [0, T) x R^n *)
Definition everywhere (x : vec) : Prop := True.
Definition static_solution (n : nat) (T : R) (Hp : nat -> vec -> R) : (nat -> vec -> R) -> (nat -> R -> vec -> R) -> Prop :=
  classical_solution n T everywhere (fun _ _ _ => 0) (fun i _ p => Hp i p).

Lemma C1_constant n D (c : R) : C1 n D (fun _ _ => c) (fun _ _ _ => 0) (fun _ _ _ => 0).
Proof.
  split; [easy|]. intros q p j _ _.
  assert (H : continuous_at n D (fun _ _ => 0) q p).
  { intros e He. exists 1. split; [lra|]. intros. rewrite Rminus_eq_0, Rabs_R0. lra. }
  split; [apply @is_derive_const | split; [easy | split; [apply @is_derive_const | easy]]].
Qed.
Lemma differentiable_value n v0 x x' U i : differentiable_at n v0 x U -> agree n x' x -> (i < n)%nat -> v0 i x' = v0 i x.
Proof.
  intros H E Hi. destruct (H 1 Rlt_0_1) as [d [Hd Hv]].
  assert (Hn : near n x d x') by (intros j Hj; rewrite E, Rminus_eq_0, Rabs_R0; easy).
  specialize (Hv x' Hn i Hi).
  rewrite (sum_zero n (fun j => U i j * _)), (sum_zero n (fun j => Rabs _)) in Hv
    by (intros j Hj; rewrite E, Rminus_eq_0 by easy; rewrite ?Rabs_R0; ring).
  split_Rabs; lra.
Qed.
Lemma differentiable_agree n v0 x x' U : agree n x' x -> differentiable_at n v0 x U -> differentiable_at n v0 x' U.
Proof.
  intros E H e He. destruct (H e He) as [d [Hd Hv]]. exists d. split; [easy|]. intros y Hy i Hi.
  rewrite (differentiable_value n v0 x x' U i H E Hi).
  rewrite (sum_ext n (fun j => U i j * (y j - x' j)) (fun j => U i j * (y j - x j))),
          (sum_ext n (fun j => Rabs (y j - x' j)) (fun j => Rabs (y j - x j))) by (intros j Hj; now rewrite E).
  apply Hv; [|easy]. intros j Hj. rewrite <- E by easy. now apply Hy.
Qed.

Theorem static_shock (n : nat) (Hp : nat -> vec -> R) (Hpp : nat -> nat -> vec -> R) (v0 : nat -> vec -> R) (x : vec)
    (U : mat) (tau T : R) :
  (forall i, (i < n)%nat -> C1 n everywhere (fun _ p => Hp i p) (fun _ _ _ => 0) (fun j _ p => Hpp i j p)) ->
  differentiable_at n v0 x U -> 0 < tau < T ->
  singular n (moved tau (mul n (fun i j => Hpp i j (fun k => v0 k x)) U)) ->
  ~ exists v, static_solution n T Hp v0 v.
Proof.
  intros HC2 Hv0 Htau Hsing.
  set (p := fun k => v0 k x). set (A := fun i j => Hpp i j p).
  assert (E0 : agree n (fun i => x i + 0 * Hp i p) x) by (intros i _; ring).
  apply (no_solution_past_focal_time n tau T Htau everywhere) with
    (Hqq := fun _ _ _ _ => 0) (Hqp := fun _ _ _ _ => 0) (Hpq := fun _ _ _ _ => 0) (Hpp := fun i j _ p => Hpp i j p)
    (q := fun t i => x i + t * Hp i p) (p := fun _ => p) (U := U) (Q := fun t => moved t (mul n A U)) (P := fun _ => U); try easy.
  - intros z _. exists 1. split; [lra | easy].
  - intros i Hi. split; [apply C1_constant | now apply HC2].
  - intros t Ht. split; [easy|]. intros i Hi. split; [apply is_derive_affine|]. rewrite Ropp_0. apply @is_derive_const.
  - intros i Hi. symmetry. now apply (differentiable_value n v0 x _ U).
  - now apply differentiable_agree with x.
  - split; [|split; [|split]].
    + intros t i j Ht Hi Hj. apply is_derive_eq with (mul n A U i j); [apply is_derive_affine|].
      unfold add, mul at 2. rewrite sum_zero; [unfold mul, along, A; ring|]. intros k Hk. unfold along. ring.
    + intros t i j Ht Hi Hj. apply is_derive_eq with 0; [apply @is_derive_const|].
      unfold opp, add, mul. rewrite !sum_zero; [ring | |]; intros k Hk; unfold along; ring.
    + intros i j Hi Hj. unfold moved, add, scale. ring.
    + easy.
Qed.
Print Assumptions static_shock.
