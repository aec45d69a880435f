(* The monotone matrix theorem.

   Along a characteristic of the Hamiltonian H write A = H_pq (row: p, column: q), B = H_pp, C = H_qq, matrix functions of
   time, and U = Hess u0 at its start. The linearized flow (Q, P) and the monotone matrix M solve

     Q' = A Q + B P                             Q(0) = I
     P' = -(C Q + A'P)                          P(0) = U
     R' = -(C + A'R + R A + R B R)              R(0) = U + diag(c)
     W' = -(A + B R)'W                          W(0) = I
     M' = -W'B W                                M(0) = diag(1/c)

   (on the right a stroke means transposition). A time t > 0 is focal if Q(t) is singular. If R, W, M exist on [0, T], where
   B is positive definite, then

     no time of [0, T] is focal  if and only if  M(T) is positive definite,

   and w'M(T)w < 0 for some w implies that a time of (0, T) is focal. The reason: P - R Q + W diag(c) solves a linear equation
   and vanishes at 0, so it vanishes; then W'Q - M diag(c) is constant, and vanishes too. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Gronwall Matrix Definite Linear DefinitePath.
Open Scope R_scope.

Section Along_a_characteristic.
Variable n : nat.
Variable T : R.

Declare Scope mat_scope.
Delimit Scope mat_scope with mat.
Local Notation "X + Y" := (add X Y) : mat_scope.
Local Notation "X * Y" := (mul n X Y) : mat_scope.
Local Notation "- X" := (opp X) : mat_scope.
Local Notation "X '^T'" := (transpose X) (at level 1, left associativity, format "X '^T'") : mat_scope.

Variables A B C : R -> mat.
Variable U : mat.
Variable c : vec.
Variables Q P Rc W M : R -> mat.

Definition linearized_flow : Prop :=
  derivative n T Q (fun t => A t * Q t + B t * P t)%mat /\
  derivative n T P (fun t => - (C t * Q t + (A t)^T * P t))%mat /\
  equal n (Q 0) identity /\ equal n (P 0) U.

Definition monotone_matrix : Prop :=
  derivative n T Rc (fun t => - (C t + (A t)^T * Rc t + Rc t * A t + Rc t * B t * Rc t))%mat /\
  derivative n T W (fun t => - ((A t + B t * Rc t)^T * W t))%mat /\
  derivative n T M (fun t => - ((W t)^T * B t * W t))%mat /\
  equal n (Rc 0) (U + diagonal c)%mat /\ equal n (W 0) identity /\ equal n (M 0) (diagonal (fun i => / c i)).

Hypothesis A_continuous : continuous_on_segment n T A.
Hypothesis B_continuous : continuous_on_segment n T B.
Hypothesis B_symmetric : forall t, 0 <= t <= T -> symmetric n (B t).
Hypothesis B_definite : forall t, 0 <= t <= T -> positive_definite n (B t).
Hypothesis c_positive : forall i, (i < n)%nat -> 0 < c i.
Hypothesis flow : linearized_flow.
Hypothesis certificate : monotone_matrix.
Hypothesis R_symmetric : forall t, 0 <= t <= T -> symmetric n (Rc t).

Lemma apply_transpose_mul X Y x i : apply n (X * Y)^T%mat x i = apply n Y^T%mat (apply n X^T%mat x) i.
Proof. rewrite <- apply_mul. apply sum_ext. intros j _. f_equal. apply sum_ext. intros. unfold transpose. ring. Qed.
Lemma apply_symmetric X x i : symmetric n X -> (i < n)%nat -> apply n X^T%mat x i = apply n X x i.
Proof. intros H Hi. apply apply_ext; [intros j Hj; symmetry; now apply H | easy]. Qed.

(* Everything is done on one vector w: x = Q w, y = P w, v = diag(c) w. *)
Section One_vector.
Variable w : vec.
Let x t := apply n (Q t) w.
Let y t := apply n (P t) w.
Let v : vec := fun i => c i * w i.

Lemma x_derivative t i : 0 <= t <= T -> (i < n)%nat ->
  is_derive (fun s => x s i) t (apply n (A t) (x t) i + apply n (B t) (y t) i).
Proof.
  intros Ht Hi. apply is_derive_eq with (apply n (A t * Q t + B t * P t)%mat w i).
  - apply is_derive_apply_const. intros j Hj. now apply flow.
  - now rewrite apply_add, !apply_mul.
Qed.
Lemma y_derivative t i : 0 <= t <= T -> (i < n)%nat ->
  is_derive (fun s => y s i) t (- (apply n (C t) (x t) i + apply n (A t)^T%mat (y t) i)).
Proof.
  intros Ht Hi. apply is_derive_eq with (apply n (- (C t * Q t + (A t)^T * P t))%mat w i).
  - apply is_derive_apply_const. intros j Hj. now apply flow.
  - now rewrite apply_opp, apply_add, !apply_mul.
Qed.

Let defect t : vec := fun i => y t i - apply n (Rc t) (x t) i + apply n (W t) v i.

Lemma apply_defect X t i :
  apply n X (defect t) i = apply n X (y t) i - apply n X (apply n (Rc t) (x t)) i + apply n X (apply n (W t) v) i.
Proof. unfold defect. now rewrite (apply_plus n X (fun j => y t j - apply n (Rc t) (x t) j)), apply_minus. Qed.

Lemma defect_derivative t i : 0 <= t <= T -> (i < n)%nat ->
  is_derive (fun s => defect s i) t (apply n (- ((A t)^T + Rc t * B t))%mat (defect t) i).
Proof.
  intros Ht Hi. destruct certificate as (HR & HW & _).
  assert (Ex := fun j => x_derivative t j Ht). assert (Ey := y_derivative t i Ht Hi).
  assert (ER := is_derive_apply n Rc _ x (fun j => apply n (A t) (x t) j + apply n (B t) (y t) j) t i
                  (fun j Hj => HR t i j Ht Hi Hj) Ex).
  assert (EW := is_derive_apply_const n W _ v t i (fun j Hj => HW t i j Ht Hi Hj)).
  eapply is_derive_eq.
  { apply (is_derive_plus (fun s => y s i - apply n (Rc s) (x s) i) (fun s => apply n (W s) v i)); [|exact EW].
    apply (is_derive_minus (fun s => y s i) (fun s => apply n (Rc s) (x s) i)); [exact Ey | exact ER]. }
  unfold plus, minus, Hierarchy.opp; simpl. unfold plus; simpl.
  (* every term on one of x, y, W v *)
  assert (EBR : apply n ((A t + B t * Rc t)^T * W t)%mat v i =
                apply n (A t)^T%mat (apply n (W t) v) i + apply n (Rc t) (apply n (B t) (apply n (W t) v)) i).
  { rewrite apply_mul. change ((A t + B t * Rc t)^T)%mat with ((A t)^T + (B t * Rc t)^T)%mat.
    rewrite apply_add, apply_transpose_mul, (apply_symmetric (Rc t)) by auto. f_equal.
    apply apply_ext; [easy|]. intros j Hj. apply apply_symmetric; auto. }
  assert (EB : apply n (Rc t) (apply n (B t) (defect t)) i =
               apply n (Rc t) (apply n (B t) (y t)) i - apply n (Rc t) (apply n (B t) (apply n (Rc t) (x t))) i
               + apply n (Rc t) (apply n (B t) (apply n (W t) v)) i).
  { rewrite <- apply_minus, <- apply_plus. apply apply_ext; [easy|]. intros j _. apply apply_defect. }
  rewrite !apply_opp, EBR, !apply_add, !apply_mul, EB, (apply_plus n (Rc t)), apply_defect. ring.
Qed.

Lemma defect_zero t i : 0 <= t <= T -> (i < n)%nat -> defect t i = 0.
Proof.
  destruct flow as (_ & _ & Q0 & P0). destruct certificate as (HR & _ & _ & R0 & W0 & _).
  apply (linear_unique n (fun t => - ((A t)^T + Rc t * B t))%mat defect T).
  - intros s j k Hs Hj Hk. apply (continuous_opp (fun s => ((A s)^T + Rc s * B s)%mat j k)).
    apply (continuous_add n T (fun s => (A s)^T)%mat (fun s => Rc s * B s)%mat); try easy.
    + now apply continuous_transpose.
    + apply continuous_mul; [apply derivative_continuous with (1 := HR) | easy].
  - exact defect_derivative.
  - intros j Hj.
    assert (E0 : forall k, (k < n)%nat -> x 0 k = w k).
    { intros k Hk. unfold x. rewrite (apply_ext n _ identity w w) by (intros; auto || easy).
      unfold identity. rewrite apply_diagonal by easy. ring. }
    unfold defect. rewrite (apply_ext n (Rc 0) (U + diagonal c)%mat (x 0) w) by (intros; auto || exact E0).
    rewrite (apply_ext n (W 0) identity v v) by (intros; auto || easy).
    unfold y. rewrite (apply_ext n (P 0) U w w) by (intros; auto || easy).
    unfold identity. rewrite apply_add, !apply_diagonal by easy. unfold v. ring.
Qed.

(* W'Q = M diag(c) *)
Lemma monotone_identity t i : 0 <= t <= T -> (i < n)%nat -> apply n (W t)^T%mat (x t) i = apply n (M t) v i.
Proof.
  intros Ht Hi. destruct flow as (_ & _ & Q0 & _). destruct certificate as (HR & HW & HM & _ & W0 & M0).
  set (d := fun (j : nat) s => apply n (W s)^T%mat (x s) j - apply n (M s) v j).
  assert (Hd : d i t = 0); [|unfold d in Hd; lra].
  apply (stays_zero n d (fun _ _ => 0) T 0); try easy; try lra.
  - intros j s Hj Hs.
    assert (Ex := fun k => x_derivative s k Hs).
    assert (EW := is_derive_apply n (fun s => (W s)^T)%mat (- ((A s + B s * Rc s)^T * W s))^T%mat
                    x (fun k => apply n (A s) (x s) k + apply n (B s) (y s) k) s j
                    (fun k Hk => HW s k j Hs Hk Hj) Ex).
    assert (EM := is_derive_apply_const n M _ v s j (fun k Hk => HM s j k Hs Hj Hk)).
    eapply is_derive_eq; [apply (is_derive_minus (fun s => apply n (W s)^T%mat (x s) j) (fun s => apply n (M s) v j)); [exact EW | exact EM]|].
    unfold minus, plus, Hierarchy.opp; simpl. unfold Hierarchy.opp; simpl.
    change (- ((A s + B s * Rc s)^T * W s))^T%mat with (- ((A s + B s * Rc s)^T * W s)^T)%mat.
    rewrite !apply_opp, apply_transpose_mul, !apply_mul, (apply_plus n (W s)^T%mat).
    change ((A s + B s * Rc s)^T)^T%mat with (A s + B s * Rc s)%mat.
    assert (E1 : apply n (W s)^T%mat (apply n (A s + B s * Rc s)%mat (x s)) j =
                 apply n (W s)^T%mat (apply n (A s) (x s)) j + apply n (W s)^T%mat (apply n (B s) (apply n (Rc s) (x s))) j).
    { rewrite <- apply_plus. apply apply_ext; [easy|]. intros k _. now rewrite apply_add, apply_mul. }
    assert (E2 : apply n (W s)^T%mat (apply n (B s) (defect s)) j =
                 apply n (W s)^T%mat (apply n (B s) (y s)) j - apply n (W s)^T%mat (apply n (B s) (apply n (Rc s) (x s))) j
                 + apply n (W s)^T%mat (apply n (B s) (apply n (W s) v)) j).
    { rewrite <- apply_minus, <- apply_plus. apply apply_ext; [easy|]. intros k _. apply apply_defect. }
    assert (E3 : apply n (W s)^T%mat (apply n (B s) (defect s)) j = 0).
    { apply sum_zero. intros k Hk. assert (E : apply n (B s) (defect s) k = 0); [|rewrite E; ring].
      apply sum_zero. intros l Hl. rewrite defect_zero by easy. ring. }
    rewrite E1. lra.
  - intros j s Hj Hs. rewrite Rabs_R0. lra.
  - intros j Hj.
    assert (E0 : agree n (x 0) w).
    { intros k Hk. unfold x. rewrite (apply_ext n _ identity w w) by (intros; auto || easy).
      unfold identity. rewrite apply_diagonal by easy. ring. }
    unfold d. rewrite (apply_ext n (W 0)^T%mat identity (x 0) w).
    + rewrite (apply_ext n (M 0) (diagonal (fun i => / c i)) v v) by (intros; auto || easy).
      unfold identity. rewrite !apply_diagonal by easy. unfold v. specialize (c_positive j Hj). field. lra.
    + intros k Hk. unfold transpose. rewrite W0 by easy. unfold identity, diagonal, basis. rewrite Nat.eqb_sym. ring.
    + exact E0.
Qed.
End One_vector.

Lemma W_regular t : 0 <= t <= T -> ~ singular n (W t).
Proof.
  intros Ht [x [[i [Hi Hx]] H0]]. apply Hx. destruct certificate as (HR & HW & _ & _ & W0 & _).
  assert (E : apply n (W 0) x i = x i).
  { rewrite (apply_ext n (W 0) identity x x) by (intros; auto || easy). unfold identity. rewrite apply_diagonal by easy. ring. }
  rewrite <- E.
  apply (linear_unique_backwards n (fun s => - (A s + B s * Rc s)^T)%mat (fun s => apply n (W s) x) t); try easy.
  - intros s j k Hs Hj Hk. apply (continuous_opp (fun s => (A s + B s * Rc s)%mat k j)).
    apply (continuous_add n T A (fun s => B s * Rc s)%mat); try easy || lra.
    apply continuous_mul; [easy | apply derivative_continuous with (1 := HR)].
  - intros s j Hs Hj. apply is_derive_eq with (apply n (- ((A s + B s * Rc s)^T * W s))%mat x j).
    + apply is_derive_apply_const. intros k Hk. apply HW; easy || lra.
    + now rewrite !apply_opp, apply_mul.
Qed.

Lemma congruence X Y i j : (i < n)%nat -> (j < n)%nat ->
  (X^T * Y * X)%mat i j = dot n (apply n X (basis i)) (apply n Y (apply n X (basis j))).
Proof.
  intros Hi Hj. rewrite <- (apply_basis n (X^T * Y * X)%mat i j Hj), !apply_mul.
  change (apply n X (basis i)) with (apply n (X^T)^T%mat (basis i)). rewrite <- dot_apply, dot_comm.
  symmetry. exact (sum_basis n (apply n X^T%mat (apply n Y (apply n X (basis j)))) i Hi).
Qed.

Lemma M_symmetric t : 0 <= t <= T -> symmetric n (M t).
Proof.
  intros Ht i j Hi Hj. destruct certificate as (_ & _ & HM & _ & _ & M0).
  assert (E : M t i j - M t j i = 0); [|unfold transpose; lra].
  apply (stays_zero 1 (fun _ s => M s i j - M s j i) (fun _ _ => 0) T 0) with (i := 0%nat); try easy; try lra; try lia.
  - intros _ s _ Hs.
    eapply is_derive_eq; [apply (is_derive_minus (fun s => M s i j) (fun s => M s j i)); now apply HM|].
    unfold minus, plus, Hierarchy.opp; simpl. unfold Hierarchy.opp; simpl. unfold opp.
    rewrite !congruence, (dot_apply_symmetric n (B s) (apply n (W s) (basis j))) by auto. ring.
  - intros _ s _ _. rewrite Rabs_R0. lra.
  - intros _ _. rewrite !M0 by easy. unfold diagonal.
    destruct (Nat.eq_dec i j) as [->|Hne]; [ring|]. rewrite !basis_other by auto. ring.
Qed.

(* x'Mx decreases, for it has the derivative -(Wx)'B(Wx). *)
Lemma quadratic_derivative x t : 0 <= t <= T ->
  is_derive (fun s => quadratic n (M s) x) t (- quadratic n (B t) (apply n (W t) x)).
Proof.
  intro Ht. destruct certificate as (_ & _ & HM & _).
  apply is_derive_eq with (sum n (fun i => x i * apply n (- ((W t)^T * B t * W t))%mat x i)).
  - apply (is_derive_sum n (fun i s => x i * apply n (M s) x i) (fun i _ => x i * apply n (- ((W t)^T * B t * W t))%mat x i)).
    intros i Hi. apply (is_derive_scal (fun s => apply n (M s) x i)).
    apply is_derive_apply_const. intros j Hj. now apply HM.
  - unfold quadratic. change (apply n (W t) x) with (apply n ((W t)^T)^T%mat x) at 1. rewrite <- dot_apply.
    unfold dot. rewrite <- sum_opp. apply sum_ext. intros i Hi. rewrite apply_opp, !apply_mul. ring.
Qed.
Lemma quadratic_decreasing x s t : 0 <= s <= t -> t <= T -> quadratic n (M t) x <= quadratic n (M s) x.
Proof.
  intros Hs Ht. destruct certificate as (_ & _ & HM & _).
  assert (H := increasing (fun r => - quadratic n (M r) x) (fun r => quadratic n (B r) (apply n (W r) x)) s t (proj2 Hs)).
  cut (- quadratic n (M s) x <= - quadratic n (M t) x); [lra|]. apply H.
  - intros r Hr. split; [|apply definite_semidefinite, B_definite; lra].
    rewrite <- (Ropp_involutive (quadratic n (B r) _)).
    apply (is_derive_opp (fun r => quadratic n (M r) x)), quadratic_derivative. lra.
  - intros r Hr. apply (continuous_opp (fun r => quadratic n (M r) x)).
    apply (quadratic_continuous n T M (derivative_continuous n T M _ HM)). lra.
Qed.

Lemma definite_at_0 : positive_definite n (M 0).
Proof.
  destruct certificate as (_ & _ & _ & _ & _ & M0). intros x [i [Hi Hx]].
  rewrite (quadratic_ext n _ _ x M0).
  assert (Hp : forall j, (j < n)%nat -> 0 <= x j * apply n (diagonal (fun i => / c i)) x j).
  { intros j Hj. rewrite apply_diagonal by easy. specialize (Rinv_0_lt_compat _ (c_positive j Hj)). nra. }
  assert (H := sum_ge_term n _ i Hp Hi). cbv beta in H. rewrite apply_diagonal in H by easy.
  assert (Hc := Rinv_0_lt_compat _ (c_positive i Hi)).
  apply Rlt_le_trans with (2 := H). assert (0 < x i * x i) by nra. nra.
Qed.

Lemma focal_singular t : 0 <= t <= T -> singular n (M t) -> singular n (Q t).
Proof.
  intros Ht [x [[i [Hi Hx]] H0]].
  set (w := fun j => x j / c j).
  assert (Hw : agree n (fun j => c j * w j) x).
  { intros j Hj. unfold w. assert (H := c_positive j Hj). field. lra. }
  destruct (nonzero_or n (apply n (Q t) w)) as [Hq|Hq].
  - exfalso. apply (W_regular t Ht), transpose_injective. exists (apply n (Q t) w). split; [easy|].
    intros j Hj. rewrite (monotone_identity w t j Ht Hj), (apply_ext n _ (M t) _ x) by easy. now apply H0.
  - exists w. split; [|easy]. exists i. split; [easy|]. unfold w. assert (H := c_positive i Hi).
    apply Rmult_integral_contrapositive_currified; [easy | apply Rinv_neq_0_compat; lra].
Qed.

Theorem no_focal_time_iff T1 : 0 <= T1 <= T ->
  (forall t, 0 < t <= T1 -> ~ singular n (Q t)) <-> positive_definite n (M T1).
Proof.
  intro HT1. split.
  - intro regular. destruct certificate as (_ & _ & HM & _).
    apply (definite_path n T1 M); [| |exact definite_at_0| |lra].
    + intros t i j Ht. apply (derivative_continuous n T M _ HM). lra.
    + intros t Ht. apply M_symmetric. lra.
    + intros t Ht Hs. apply (regular t Ht), focal_singular; [lra | easy].
  - intros Hp t Ht [w [[i [Hi Hw]] H0]]. set (v := fun j => c j * w j).
    assert (Hv : 0 < quadratic n (M T1) v).
    { apply Hp. exists i. split; [easy|]. assert (H := c_positive i Hi). unfold v. nra. }
    assert (H := quadratic_decreasing v t T1 ltac:(lra) ltac:(lra)).
    assert (E : quadratic n (M t) v = 0); [|lra].
    apply sum_zero. intros j Hj. unfold v. rewrite <- (monotone_identity w t j) by (easy || lra).
    apply Rmult_eq_0_compat_l. apply sum_zero. intros k Hk. rewrite H0 by easy. ring.
Qed.

Theorem focal_time_exists T1 w : 0 <= T1 <= T -> quadratic n (M T1) w < 0 -> exists t, 0 < t < T1 /\ singular n (Q t).
Proof.
  intros HT1 Hw. destruct certificate as (_ & _ & HM & _).
  destruct (singular_before n T1 M w) as [t [Ht Hs]]; try easy.
  - intros t i j Ht. apply (derivative_continuous n T M _ HM). lra.
  - intros t Ht. apply M_symmetric. lra.
  - exact definite_at_0.
  - exists t. split; [easy|]. apply focal_singular; [lra | easy].
Qed.
End Along_a_characteristic.
Print Assumptions no_focal_time_iff.
Print Assumptions focal_time_exists.
