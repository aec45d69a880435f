(* What the two halves of a certificate prove, together.

   The characteristic (q, p) from a point of D, the linearized flow (Q, P) along it and the matrices R, W, M of a `flow` leaf
   or witness, on [0, T1]:

   leaf_sound: if M(T1) is positive definite, no time of (0, T1] is focal for this characteristic.
   witness_sound: if w'M(T1)w < 0, some time of (0, T1) is, and u_t + H(q, grad u) = 0, u(0, .) = u0 has no solution of
   class C^2 on [0, T) x D for any T >= T1.

   That H_qp is the transpose of H_pq and H_pp is symmetric is proved here (exchange_qp, exchange_pp). *)
From Coq Require Import Reals Lra Lia Psatz.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Definite Linear MonotoneMatrix Smooth Characteristic HamiltonJacobi Solution.
Open Scope R_scope.

(* The second derivatives of H may be exchanged. *)
Lemma upd_upd x i r s : upd (upd x i r) i s = upd x i s.
Proof.
  apply FunctionalExtensionality.functional_extensionality. intro k.
  destruct (Nat.eq_dec k i) as [->|Hk]; [now rewrite !upd_same | now rewrite !upd_other].
Qed.
Lemma upd_comm x i j r s : i <> j -> upd (upd x j s) i r = upd (upd x i r) j s.
Proof.
  intro Hij. apply FunctionalExtensionality.functional_extensionality. intro k.
  destruct (Nat.eq_dec k i) as [->|Hi]; [now rewrite upd_same, (upd_other _ j s i), upd_same by easy|].
  rewrite (upd_other _ i r k Hi). destruct (Nat.eq_dec k j) as [->|Hj]; [now rewrite !upd_same | now rewrite !upd_other].
Qed.
Lemma C1_line n D f fq fp x y i r : C1 n D f fq fp -> (i < n)%nat ->
  (D (upd x i r) -> is_derive (fun s => f (upd x i s) y) r (fq i (upd x i r) y)) /\
  (D x -> is_derive (fun s => f x (upd y i s)) r (fp i x (upd y i r))).
Proof.
  intros [_ Hf] Hi. split; intro Hin.
  - destruct (Hf (upd x i r) y i Hin Hi) as [E _]. rewrite upd_same in E.
    apply is_derive_ext with (2 := E). intro s. now rewrite upd_upd.
  - destruct (Hf x (upd y i r) i Hin Hi) as (_ & _ & E & _). rewrite upd_same in E.
    apply is_derive_ext with (2 := E). intro s. now rewrite upd_upd.
Qed.

Section Exchange.
Variable n : nat.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variable H : vec -> vec -> R.
Variables Hq Hp : nat -> vec -> vec -> R.
Variables Hqq Hqp Hpq Hpp : field2.
Hypothesis H_C1 : C1 n D H Hq Hp.
Hypothesis H_C2 : hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp.
Variables x y : vec.
Hypothesis x_in : D x.
Variables i j : nat.
Hypothesis Hi : (i < n)%nat.
Hypothesis Hj : (j < n)%nat.

Lemma exchange_qp : Hqp i j x y = Hpq j i x y.
Proof.
  destruct (D_open x x_in) as [d [Hd HD]].
  assert (HDr : forall r, Rabs (r - x i) < d -> D (upd x i r)) by (intros r Hr; now apply HD, near_upd).
  assert (M : is_derive (fun r => Hp j (upd x i r) y) (x i) (Hqp i j x y)).
  { apply is_derive_eq with (Hqp i j (upd x i (x i)) (upd y j (y j))); [|now rewrite !upd_self].
    apply (mixed_derivative (fun s r => H (upd x i r) (upd y j s)) (fun s r => Hq i (upd x i r) (upd y j s))
      (fun s r => Hqp i j (upd x i r) (upd y j s)) (fun r => Hp j (upd x i r) y) (y j) (x i) d Hd).
    - intros s r _ Hr. split.
      + now apply (C1_line n D H Hq Hp x (upd y j s) i r H_C1 Hi), HDr.
      + now apply (C1_line n D (Hq i) (Hqq i) (Hqp i) (upd x i r) y j s (proj1 (H_C2 i Hi)) Hj), HDr.
    - intros e He. rewrite !upd_self. destruct (proj2 (proj1 (H_C2 i Hi)) x y j x_in Hj) as (_ & _ & _ & Cqp).
      destruct (Cqp e He) as [c [Hc Hce]]. exists (Rmin c d). assert (Hm := conj (Rmin_l c d) (Rmin_r c d)).
      split; [now apply Rmin_pos|]. intros s r Hs Hr. apply Hce; [apply HDr; lra | |]; apply near_upd; lra.
    - intros r Hr. assert (E := proj2 (C1_line n D H Hq Hp (upd x i r) y j (y j) H_C1 Hj) (HDr r Hr)). now rewrite upd_self in E. }
  destruct (proj2 (proj2 (H_C2 j Hj)) x y i x_in Hi) as [N _].
  apply is_derive_unique in M. apply is_derive_unique in N. now rewrite <- M, N.
Qed.

Lemma exchange_pp : Hpp i j x y = Hpp j i x y.
Proof.
  destruct (Nat.eq_dec i j) as [->|Hne]; [easy|].
  assert (Hself : forall r, upd (upd y i r) j (y j) = upd y i r).
  { intro r. assert (E := upd_self (upd y i r) j). now rewrite (upd_other y i r j) in E by auto. }
  assert (M : is_derive (fun r => Hp j x (upd y i r)) (y i) (Hpp i j x y)).
  { apply is_derive_eq with (Hpp i j x (upd (upd y j (y j)) i (y i))); [|now rewrite upd_self, upd_self].
    apply (mixed_derivative (fun s r => H x (upd (upd y j s) i r)) (fun s r => Hp i x (upd (upd y j s) i r))
      (fun s r => Hpp i j x (upd (upd y j s) i r)) (fun r => Hp j x (upd y i r)) (y j) (y i) 1 Rlt_0_1).
    - intros s r _ _. split.
      + now apply (C1_line n D H Hq Hp x (upd y j s) i r H_C1 Hi).
      + rewrite (upd_comm y i j r s Hne).
        apply is_derive_ext with (fun s => Hp i x (upd (upd y i r) j s)); [intro z; now rewrite (upd_comm y i j r z Hne)|].
        now apply (C1_line n D (Hp i) (Hpq i) (Hpp i) x (upd y i r) j s (proj2 (H_C2 i Hi)) Hj).
    - intros e He. rewrite upd_self, upd_self. destruct (proj2 (proj2 (H_C2 i Hi)) x y j x_in Hj) as (_ & _ & _ & Cpp).
      destruct (Cpp e He) as [c [Hc Hce]]. exists c. split; [easy|]. intros s r Hs Hr. apply Hce; [easy | now apply near_self |].
      intros k Hk. destruct (Nat.eq_dec k i) as [->|Hki]; [now rewrite upd_same|]. rewrite upd_other by easy. now apply (near_upd n y j s c Hc Hs).
    - intros r _. apply is_derive_ext with (fun s => H x (upd (upd y i r) j s)); [intro z; now rewrite (upd_comm y i j r z Hne)|].
      assert (E := proj2 (C1_line n D H Hq Hp x (upd y i r) j (y j) H_C1 Hj) x_in). now rewrite Hself in E. }
  destruct (proj2 (proj2 (H_C2 j Hj)) x y i x_in Hi) as (_ & _ & N & _).
  apply is_derive_unique in M. apply is_derive_unique in N. now rewrite <- M, N.
Qed.
End Exchange.

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
  now rewrite (exchange_qp n D D_open H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 (q t) (p t) (proj1 (qp t Ht)) i k Hi Hk).
Qed.
Lemma along_symmetric t : 0 <= t <= T1 -> symmetric n (along Hpp q p t).
Proof. intros Ht i j Hi Hj. apply (exchange_pp n D H Hq Hp Hqq Hqp Hpq Hpp H_C1 H_C2 (q t) (p t) (proj1 (qp t Ht)) i j Hi Hj). Qed.

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
