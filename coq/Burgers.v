(* Burgers' equation has no classical solution past the shock time.

   burgers_shock: v_t + (Dv) v = 0 in n dimensions; if v0 has at x a real eigenvalue -k < 0 of its Jacobian matrix, no
   solution of class C^1 on [0, T) x R^n exists for T > 1/k.
   burgers_shock_line: v_t + v v_x = 0 on the line; none exists for T > 1/k if v0'(x) = -k < 0 somewhere. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Linear Smooth Characteristic HamiltonJacobi Static.
Open Scope R_scope.

(* H(p) = |p|^2 / 2: H_p(p) = p *)
Definition burgers_solution (n : nat) (T : R) : (nat -> vec -> R) -> (nat -> R -> vec -> R) -> Prop :=
  static_solution n T (fun i p => p i).

Lemma identity_C1 n i : (i < n)%nat ->
  C1 n everywhere (fun _ p => p i) (fun _ _ _ => 0) (fun j _ p => basis j i).
Proof.
  intro Hi. split; [intros q q' p p' _ Hp; now apply Hp|]. intros q p j _ Hj.
  assert (H : forall c, continuous_at n everywhere (fun _ _ => c) q p).
  { intros c e He. exists 1. split; [lra|]. intros. rewrite Rminus_eq_0, Rabs_R0. lra. }
  split; [apply @is_derive_const | split; [apply H | split; [|apply H]]].
  destruct (Nat.eq_dec i j) as [->|Hne].
  - apply is_derive_ext with (fun s => s); [intro; now rewrite upd_same|]. rewrite basis_same. apply @is_derive_id.
  - apply is_derive_ext with (fun _ => p i); [intro; now rewrite upd_other|]. rewrite basis_other by easy. apply @is_derive_const.
Qed.

Theorem burgers_shock (n : nat) (v0 : nat -> vec -> R) (x : vec) (U : mat) (w : vec) (k T : R) :
  differentiable_at n v0 x U ->
  nonzero n w -> (forall i, (i < n)%nat -> apply n U w i = - k * w i) -> 0 < k -> / k < T ->
  ~ exists v, burgers_solution n T v0 v.
Proof.
  intros Hv0 Hw Heig Hk HT. assert (Hik := Rinv_0_lt_compat k Hk).
  apply (static_shock n (fun i p => p i) (fun i j _ => basis j i) v0 x U (/ k) T); [|easy|easy|].
  - intros i Hi. now apply identity_C1.
  - exists w. split; [easy|]. intros i Hi. rewrite apply_moved, apply_mul by easy.
    rewrite (apply_ext n _ identity _ (apply n U w)) by (auto using agree_refl; intros; unfold identity, diagonal; ring).
    unfold identity. rewrite apply_diagonal, Heig by easy. field. lra.
Qed.
Print Assumptions burgers_shock.

(* One dimension, in functions of two real variables. *)
Definition continuous_strip (T : R) (f : R -> R -> R) : Prop :=
  forall t x, 0 <= t < T -> forall e, 0 < e -> exists d, 0 < d /\
    forall s y, 0 <= s < T -> Rabs (s - t) < d -> Rabs (y - x) < d -> Rabs (f s y - f t x) < e.
Definition burgers_solution_line (T : R) (v0 : R -> R) (v : R -> R -> R) : Prop :=
  exists vt vx, continuous_strip T v /\ continuous_strip T vt /\ continuous_strip T vx /\
    (forall x, v 0 x = v0 x) /\
    forall t x, 0 < t < T ->
      is_derive (fun s => v s x) t (vt t x) /\ is_derive (fun y => v t y) x (vx t x) /\ vt t x + v t x * vx t x = 0.

Lemma strip_line T f : continuous_strip T f -> strip_continuous 1 T everywhere (fun t q => f t (q 0%nat)).
Proof.
  intros H t q Ht _ e He. destruct (H t (q 0%nat) Ht e He) as [d [Hd Hs]]. exists d. split; [easy|].
  intros t' q' Ht' Htt _ Hq. apply Hs; [easy | easy | apply Hq; lia].
Qed.
Lemma differentiable_line (v0 : R -> R) (x l : R) : is_derive v0 x l ->
  differentiable_at 1 (fun _ q => v0 (q 0%nat)) (fun _ => x) (fun _ _ => l).
Proof.
  intros H e He. apply is_derive_Reals in H. destruct (H e He) as [d Hd]. exists d. split; [apply cond_pos|].
  intros y Hy i _. simpl. rewrite !Rplus_0_l. specialize (Hy 0%nat ltac:(lia)). set (h := y 0%nat - x) in *.
  destruct (Req_dec h 0) as [E|Hne].
  { replace (y 0%nat) with x by (unfold h in E; lra). rewrite E, Rmult_0_r, !Rminus_eq_0, Rabs_R0. lra. }
  specialize (Hd h Hne Hy). replace (x + h) with (y 0%nat) in Hd by (unfold h; ring).
  replace (v0 (y 0%nat) - v0 x - l * h) with (((v0 (y 0%nat) - v0 x) / h - l) * h) by (field; easy).
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | lra].
Qed.

Theorem burgers_shock_line (v0 : R -> R) (x k T : R) :
  is_derive v0 x (- k) -> 0 < k -> / k < T -> ~ exists v, burgers_solution_line T v0 v.
Proof.
  intros Hx Hk HT [v (vt & vx & Cv & Ct & Cx & Hi & Hd)].
  apply (burgers_shock 1 (fun _ q => v0 (q 0%nat)) (fun _ => x) (fun _ _ => - k) (fun _ => 1) k T); try easy.
  - now apply differentiable_line.
  - exists 0%nat. split; [lia | lra].
  - intros i _. unfold apply. simpl. ring.
  - exists (fun _ t q => v t (q 0%nat)), (fun _ t q => vt t (q 0%nat)), (fun _ _ t q => vx t (q 0%nat)). split; [|split].
    + intros i _. split; [intros t q q' E; now rewrite (E 0%nat ltac:(lia))|].
      split; [now apply strip_line | split; [now apply strip_line | split; [intros; now apply strip_line|]]].
      intros t q Ht _. destruct (Hd t (q 0%nat) Ht) as (H1 & H2 & _). split; [easy|].
      intros j Hj. replace j with 0%nat by lia. apply is_derive_ext with (2 := H2). intro. now rewrite upd_same.
    + intros i q _ _. apply Hi.
    + intros i t q _ Ht _. destruct (Hd t (q 0%nat) Ht) as (_ & _ & E). simpl. lra.
Qed.
Print Assumptions burgers_shock_line.
