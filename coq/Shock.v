(* What the two halves of a certificate prove, together.

   The characteristic (q, p) from a point of D, the linearized flow (Q, P) along it and the matrices R, W, M of a `flow` leaf
   or witness, on [0, T1]:

   leaf_sound: if M(T1) is positive definite, no time of (0, T1] is focal for this characteristic.
   witness_sound: if w'M(T1)w < 0, some time of (0, T1) is, and u_t + H(q, grad u) = 0, u(0, .) = u0 has no solution of
   class C^2 on [0, T) x D for any T >= T1. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Definite Linear MonotoneMatrix Smooth Characteristic HamiltonJacobi Solution.
Open Scope R_scope.

Section Shock.
Variable n : nat.
Variable T1 : R.
Hypothesis T1_positive : 0 <= T1.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variable H : vec -> vec -> R.
Variables Hq Hp : nat -> vec -> vec -> R.
Variables Hqq Hqp Hpq Hpp : field2.
Hypothesis H_C1 : C1 n D H Hq Hp.
Hypothesis H_C2 : hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp.
Hypothesis H_symmetric : forall x y i j, D x -> (i < n)%nat -> (j < n)%nat ->
  Hqp i j x y = Hpq j i x y /\ Hpp i j x y = Hpp j i x y.
Variables q p : R -> vec.
Hypothesis qp : characteristic n T1 D Hq Hp q p.
Hypothesis Hpp_definite : forall t, 0 <= t <= T1 -> positive_definite n (along Hpp q p t).
Variable U : mat.
Variables Q P : R -> mat.
Hypothesis QP : linearized n T1 Hqq Hqp Hpq Hpp q p U Q P.
Variable c : vec.
Hypothesis c_positive : forall i, (i < n)%nat -> 0 < c i.
Variables Rc W M : R -> mat.
Hypothesis RWM : monotone_matrix n T1 (along Hpq q p) (along Hpp q p) (along Hqq q p) U c Rc W M.
Hypothesis Rc_symmetric : forall t, 0 <= t <= T1 -> symmetric n (Rc t).

Lemma linearized_is_flow : linearized_flow n T1 (along Hpq q p) (along Hpp q p) (along Hqq q p) U Q P.
Proof.
  destruct QP as (HQ & HP & Q0 & P0). split; [easy | split; [|easy]].
  intros t i j Ht Hi Hj. apply is_derive_eq with (1 := HP t i j Ht Hi Hj). unfold opp, add, mul. do 2 f_equal.
  apply sum_ext. intros k Hk. unfold along, transpose.
  destruct (H_symmetric (q t) (p t) i k (proj1 (qp t Ht)) Hi Hk) as [-> _]. easy.
Qed.
Lemma along_symmetric t : 0 <= t <= T1 -> symmetric n (along Hpp q p t).
Proof. intros Ht i j Hi Hj. apply (H_symmetric (q t) (p t) i j (proj1 (qp t Ht)) Hi Hj). Qed.

Theorem leaf_sound : positive_definite n (M T1) -> forall t, 0 < t <= T1 -> ~ singular n (Q t).
Proof.
  destruct (second_derivatives_continuous n T1 D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp) as (_ & _ & Ca & Cb).
  apply (no_focal_time_iff n T1 (along Hpq q p) (along Hpp q p) (along Hqq q p) U c Q P Rc W M Ca Cb
    along_symmetric Hpp_definite c_positive linearized_is_flow RWM Rc_symmetric T1). lra.
Qed.

Variable u0 : vec -> R.
Variable v0 : nat -> vec -> R.
Hypothesis u0_gradient : forall x i, D x -> (i < n)%nat -> is_derive (fun s => u0 (upd x i s)) (x i) (v0 i x).
Hypothesis u0_hessian : differentiable_at n v0 (q 0) U.
Hypothesis p_initial : forall i, (i < n)%nat -> p 0 i = v0 i (q 0).

Theorem witness_sound w : quadratic n (M T1) w < 0 ->
  (exists t, 0 < t < T1 /\ singular n (Q t)) /\ forall T, T1 <= T -> ~ exists u, C2_solution n T D H u0 u.
Proof.
  intro Hw.
  destruct (second_derivatives_continuous n T1 D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp) as (_ & _ & Ca & Cb).
  destruct (focal_time_exists n T1 (along Hpq q p) (along Hpp q p) (along Hqq q p) U c Q P Rc W M Ca Cb
    along_symmetric c_positive linearized_is_flow RWM Rc_symmetric T1 w) as [t [Ht Hs]]; [lra | easy |].
  split; [now exists t|]. intros T HT.
  apply (no_C2_solution_past_focal_time n t T D H Hq Hp Hqq Hqp Hpq Hpp u0 v0 q p U Q P); try easy; [lra | |].
  - intros s Hst. apply qp. lra.
  - destruct QP as (HQ & HP & Q0 & P0). split; [|split; [|easy]]; intros s i j Hst; [apply HQ | apply HP]; lra.
Qed.
End Shock.
Print Assumptions leaf_sound.
Print Assumptions witness_sound.
