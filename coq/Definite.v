(* Positive definite matrices.

   definite_kernel: where a symmetric matrix that is positive semidefinite has x'Ax = 0, A x = 0.
   definite_coercive: x'Ax >= m |x|^2 for some m > 0 if A is positive definite (by Schur complements). *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix.
Open Scope R_scope.

Definition quadratic (n : nat) (A : mat) (x : vec) : R := dot n x (apply n A x).
Definition positive_definite (n : nat) (A : mat) : Prop := forall x, nonzero n x -> 0 < quadratic n A x.
Definition positive_semidefinite (n : nat) (A : mat) : Prop := forall x, 0 <= quadratic n A x.

Lemma quadratic_ext n A B x : equal n A B -> quadratic n A x = quadratic n B x.
Proof. intro H. apply sum_ext. intros i Hi. f_equal. now apply apply_ext; [intros; apply H|]. Qed.
Lemma quadratic_zero n A x : (forall i, (i < n)%nat -> x i = 0) -> quadratic n A x = 0.
Proof. intro H. apply sum_zero. intros i Hi. rewrite H by easy. ring. Qed.
Lemma definite_semidefinite n A : positive_definite n A -> positive_semidefinite n A.
Proof.
  intros H x. destruct (nonzero_or n x) as [Hx|Hx]; [left; now apply H|]. rewrite quadratic_zero; [lra|easy].
Qed.
Lemma definite_not_singular n A : positive_definite n A -> ~ singular n A.
Proof.
  intros H [x [Hx H0]]. specialize (H x Hx). unfold quadratic, dot in H.
  rewrite sum_zero in H; [lra|]. intros i Hi. rewrite H0 by easy. ring.
Qed.

Lemma dot_apply_symmetric n A x y : symmetric n A -> dot n x (apply n A y) = dot n y (apply n A x).
Proof.
  intro H. rewrite dot_apply, dot_comm. apply sum_ext. intros i Hi. f_equal.
  apply apply_ext; [|easy]. intros j Hj. symmetry. now apply H.
Qed.
Lemma quadratic_plus n A x y s : symmetric n A ->
  quadratic n A (fun i => x i + s * y i) = quadratic n A x + 2 * s * dot n y (apply n A x) + s * s * quadratic n A y.
Proof.
  intro H. unfold quadratic.
  assert (E : dot n (fun i => x i + s * y i) (apply n A (fun i => x i + s * y i)) =
              dot n x (apply n A x) + s * dot n x (apply n A y) + s * dot n y (apply n A x) + s * s * dot n y (apply n A y)).
  { unfold dot. rewrite <- !sum_scal, <- !sum_plus. apply sum_ext. intros i _.
    assert (Es : apply n A (fun j => x j + s * y j) i = apply n A x i + s * apply n A y i).
    { unfold apply. rewrite <- sum_scal, <- sum_plus. apply sum_ext. intros. ring. }
    rewrite Es. ring. }
  rewrite E, (dot_apply_symmetric n A x y H). ring.
Qed.

Theorem definite_kernel n A x :
  symmetric n A -> positive_semidefinite n A -> quadratic n A x = 0 -> forall i, (i < n)%nat -> apply n A x i = 0.
Proof.
  intros HS Hp H0. set (y := apply n A x). apply dot_self_zero.
  (* 0 <= q(x + s y) = 2 s |y|^2 + s^2 q(y) for every s, here for -s small *)
  set (b := quadratic n A y). assert (Hb : 0 <= b) by apply Hp.
  set (a := dot n y y). assert (Ha : 0 <= a) by apply dot_self_ge_0.
  assert (H := Hp (fun i => x i + - (a / (1 + b)) * y i)).
  rewrite quadratic_plus, H0 in H by easy. fold y in H. fold a in H. fold b in H.
  apply Rnot_lt_le. intro Hlt.
  assert (Hs : 0 < a / (1 + b)) by (apply Rdiv_lt_0_compat; lra).
  set (s := a / (1 + b)) in *.
  assert (Hsb : s * b = a - s) by (unfold s; field; lra). nra.
Qed.

(* (x.y)^2 <= |x|^2 |y|^2 *)
Lemma cauchy_schwarz n x y : dot n x y * dot n x y <= dot n x x * dot n y y.
Proof.
  assert (H : forall s, 0 <= dot n x x - 2 * s * dot n x y + s * s * dot n y y).
  { intro s. replace (dot n x x - _ + _) with (sum n (fun i => (x i - s * y i) * (x i - s * y i))).
    - apply sum_ge_0. intros. apply Rle_0_sqr.
    - unfold dot. rewrite <- !sum_scal, <- sum_minus, <- sum_plus. apply sum_ext. intros. ring. }
  assert (Hy := dot_self_ge_0 n y). destruct (Req_dec (dot n y y) 0) as [Hz|Hz].
  - assert (E : dot n x y = 0); [|rewrite E, Hz; lra].
    apply sum_zero. intros i Hi. rewrite (dot_self_zero n y); [ring | lra | easy].
  - specialize (H (dot n x y / dot n y y)).
    set (s := dot n x y / dot n y y) in *.
    assert (Hs : dot n x y = s * dot n y y) by (unfold s; field; easy).
    rewrite Hs in *. nra.
Qed.

(* The Schur complement of the last diagonal entry. *)
Definition schur (n : nat) (A : mat) : mat := fun i j => A i j - A n i * A n j / A n n.

Lemma quadratic_S n A x : symmetric (S n) A -> 0 < A n n ->
  quadratic (S n) A x =
  quadratic n (schur n A) x + A n n * ((x n + dot n (A n) x / A n n) * (x n + dot n (A n) x / A n n)).
Proof.
  intros HS Hp.
  assert (E1 : quadratic n (schur n A) x = quadratic n A x - dot n (A n) x * dot n (A n) x / A n n).
  { set (d := dot n (A n) x).
    assert (E : forall i, apply n (schur n A) x i = apply n A x i - A n i * (d / A n n)).
    { intro i. unfold d, dot, apply, schur, Rdiv. rewrite <- sum_scal_r, <- sum_scal, <- sum_minus.
      apply sum_ext. intros. ring. }
    unfold quadratic. replace (d * d / A n n) with (d * (d / A n n)) by (unfold Rdiv; ring).
    unfold d at 1. unfold dot. rewrite <- sum_scal_r, <- sum_minus. apply sum_ext. intros i _. rewrite E. ring. }
  assert (E2 : quadratic (S n) A x = quadratic n A x + 2 * x n * dot n (A n) x + A n n * (x n * x n)).
  { unfold quadratic, dot, apply. simpl.
    rewrite (sum_ext n (fun i => x i * (sum n (fun j => A i j * x j) + A i n * x n))
                       (fun i => x i * sum n (fun j => A i j * x j) + x n * (A n i * x i))).
    - rewrite sum_plus, sum_scal. ring.
    - intros i Hi. rewrite (HS i n) by lia. unfold transpose. ring. }
  rewrite E1, E2. field. lra.
Qed.

Lemma schur_symmetric n A : symmetric (S n) A -> symmetric n (schur n A).
Proof. intros H i j Hi Hj. unfold schur, transpose. rewrite (H i j) by lia. unfold transpose, Rdiv. ring. Qed.

Lemma definite_diagonal n A i : positive_definite n A -> (i < n)%nat -> 0 < A i i.
Proof.
  intros H Hi. assert (Hq : 0 < quadratic n A (basis i)).
  { apply H. exists i. rewrite basis_same. split; [easy|lra]. }
  unfold quadratic in Hq. rewrite dot_comm in Hq. unfold dot in Hq.
  rewrite sum_basis, apply_basis in Hq by easy. easy.
Qed.

Lemma schur_definite n A : symmetric (S n) A -> positive_definite (S n) A -> positive_definite n (schur n A).
Proof.
  intros HS H x [i [Hi Hx]]. assert (Hp := definite_diagonal _ _ n H (Nat.lt_succ_diag_r n)).
  (* the last coordinate that makes the square vanish *)
  set (y := fun j => if Nat.eqb j n then - (dot n (A n) x / A n n) else x j).
  assert (Hy : agree n y x).
  { intros j Hj. unfold y. assert (E : Nat.eqb j n = false) by (apply Nat.eqb_neq; lia). now rewrite E. }
  assert (Hq : 0 < quadratic (S n) A y) by (apply H; exists i; split; [lia | now rewrite Hy]).
  rewrite quadratic_S in Hq by easy.
  assert (E1 : dot n (A n) y = dot n (A n) x) by (apply sum_ext; intros; now rewrite Hy).
  assert (E2 : quadratic n (schur n A) y = quadratic n (schur n A) x).
  { apply sum_ext. intros j Hj. rewrite Hy by easy. f_equal. now apply apply_ext. }
  assert (E3 : y n = - (dot n (A n) x / A n n)) by (unfold y; now rewrite Nat.eqb_refl).
  rewrite E1, E2, E3 in Hq. lra.
Qed.

Theorem definite_coercive (n : nat) : forall A, symmetric n A -> positive_definite n A ->
  exists m, 0 < m /\ forall x, m * dot n x x <= quadratic n A x.
Proof.
  induction n as [|n IH]; intros A HS HA.
  { exists 1. split; [lra|]. intro x. unfold quadratic, dot. simpl. lra. }
  assert (Hp := definite_diagonal _ _ n HA (Nat.lt_succ_diag_r n)). set (a := A n n) in *.
  destruct (IH (schur n A)) as [l [Hl Hlow]]; [now apply schur_symmetric | now apply schur_definite |].
  (* x_n = y - b with y the square above and b^2 <= k |x|^2 *)
  set (k := dot n (A n) (A n) / (a * a)).
  assert (Hk : 0 <= k) by (apply Rdiv_le_0_compat; [apply dot_self_ge_0 | nra]).
  set (m := Rmin (l / (1 + 2 * k)) (a / 2)).
  assert (Hm1 : m * (1 + 2 * k) <= l).
  { apply Rle_trans with (l / (1 + 2 * k) * (1 + 2 * k)); [|right; field; lra].
    apply Rmult_le_compat_r; [lra | apply Rmin_l]. }
  assert (Hm2 : m <= a / 2) by apply Rmin_r.
  assert (Hm : 0 < m) by (apply Rmin_pos; [apply Rdiv_lt_0_compat; lra | lra]).
  exists m. split; [easy|]. intro x. rewrite quadratic_S by easy. fold a.
  set (b := dot n (A n) x / a).
  assert (Hb : b * b <= k * dot n x x).
  { assert (H := cauchy_schwarz n (A n) x). unfold b, k.
    replace (dot n (A n) x / a * (dot n (A n) x / a)) with (dot n (A n) x * dot n (A n) x * / (a * a)) by (field; lra).
    replace (dot n (A n) (A n) / (a * a) * dot n x x) with (dot n (A n) (A n) * dot n x x * / (a * a)) by (field; lra).
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra | easy]. }
  change (dot (S n) x x) with (dot n x x + x n * x n).
  assert (H := Hlow x). assert (Hx := dot_self_ge_0 n x).
  assert (Hn : x n * x n <= 2 * ((x n + b) * (x n + b)) + 2 * (b * b)) by (assert (0 <= (x n + b + b) * (x n + b + b)) by apply Rle_0_sqr; lra).
  assert (Hy : 0 <= (x n + b) * (x n + b)) by apply Rle_0_sqr.
  set (y := (x n + b) * (x n + b)) in *.
  apply Rle_trans with (m * (1 + 2 * k) * dot n x x + m * 2 * y); [|apply Rplus_le_compat].
  - replace (m * (1 + 2 * k) * dot n x x + m * 2 * y) with (m * (dot n x x + (2 * y + 2 * (k * dot n x x)))) by ring.
    apply Rmult_le_compat_l; lra.
  - apply Rle_trans with (2 := H). apply Rmult_le_compat_r; easy.
  - apply Rmult_le_compat_r; lra.
Qed.

(* Entries that differ by at most d change x'Ax by at most d n |x|^2. *)
Lemma quadratic_close n A B x d :
  (forall i j, (i < n)%nat -> (j < n)%nat -> Rabs (B i j - A i j) <= d) ->
  Rabs (quadratic n B x - quadratic n A x) <= d * (INR n * dot n x x).
Proof.
  intro H. destruct n as [|n]; [unfold quadratic, dot; simpl; rewrite Rminus_0_r, Rabs_R0; lra|].
  assert (Hd : 0 <= d) by (apply Rle_trans with (2 := H 0%nat 0%nat ltac:(lia) ltac:(lia)); apply Rabs_pos).
  revert H. generalize (S n) as k. intros k H.
  apply Rle_trans with (d * (norm1 k x * norm1 k x)); [|apply Rmult_le_compat_l; [easy | apply norm1_dot]].
  unfold quadratic, dot. rewrite <- sum_minus.
  apply Rle_trans with (1 := sum_Rabs _ _). unfold norm1 at 1. rewrite <- Rmult_assoc, (Rmult_comm d), Rmult_assoc, <- sum_scal_r.
  apply sum_le. intros i Hi.
  replace (x i * apply k B x i - x i * apply k A x i) with (x i * sum k (fun j => (B i j - A i j) * x j)).
  - rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|].
    apply Rle_trans with (1 := sum_Rabs _ _). unfold norm1. rewrite <- sum_scal. apply sum_le. intros j Hj.
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | now apply H].
  - rewrite <- Rmult_minus_distr_l. f_equal. unfold apply. rewrite <- sum_minus. apply sum_ext. intros. ring.
Qed.
