(* Characteristics of a Hamiltonian H(q, p) and the linearized flow along them.

     q' = H_p,  p' = -H_q                                        (characteristic)
     Q' = H_pq Q + H_pp P,  P' = -(H_qq Q + H_qp P),  Q(0) = I,  P(0) = U        (linearized)

   The functions are the first derivatives Hq i, Hp i of H and their partial derivatives; H is C^2 where these are C^1.

   linearized_injective: (Q w, P w) vanishes at no time unless w = 0.
   strict_along: H_q and H_p are differentiable uniformly along the characteristic. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Gronwall Matrix Linear Smooth.
Open Scope R_scope.

Definition field2 := nat -> nat -> vec -> vec -> R.
Definition hamiltonian_C2 (n : nat) (D : vec -> Prop) (Hq Hp : nat -> vec -> vec -> R) (Hqq Hqp Hpq Hpp : field2) : Prop :=
  forall i, (i < n)%nat -> C1 n D (Hq i) (Hqq i) (Hqp i) /\ C1 n D (Hp i) (Hpq i) (Hpp i).

Definition characteristic (n : nat) (T : R) (D : vec -> Prop) (Hq Hp : nat -> vec -> vec -> R) (q p : R -> vec) : Prop :=
  forall t, 0 <= t <= T -> D (q t) /\ forall i, (i < n)%nat ->
    is_derive (fun s => q s i) t (Hp i (q t) (p t)) /\ is_derive (fun s => p s i) t (- Hq i (q t) (p t)).

(* the matrix F i j at time t *)
Definition along (F : field2) (q p : R -> vec) (t : R) : mat := fun i j => F i j (q t) (p t).
Definition linearized (n : nat) (T : R) (Hqq Hqp Hpq Hpp : field2) (q p : R -> vec) (U : mat) (Q P : R -> mat) : Prop :=
  derivative n T Q (fun t => add (mul n (along Hpq q p t) (Q t)) (mul n (along Hpp q p t) (P t))) /\
  derivative n T P (fun t => opp (add (mul n (along Hqq q p t) (Q t)) (mul n (along Hqp q p t) (P t)))) /\
  equal n (Q 0) identity /\ equal n (P 0) U.

Lemma near_curve n (x : R -> vec) t : (forall j, (j < n)%nat -> continuous (fun s => x s j) t) ->
  forall d, 0 < d -> exists a, 0 < a /\ forall s, Rabs (s - t) < a -> near n (x t) d (x s).
Proof.
  intros Hx d Hd.
  destruct (common_tolerance (fun j a => forall s, Rabs (s - t) < a -> Rabs (x s j - x t j) < d) n) as [a [Ha H]].
  - intros j a a' Ha H s Hs. apply H. lra.
  - intros j Hj. now apply (proj1 (continuous_tolerance _ t) (Hx j Hj)).
  - exists a. split; [easy|]. intros s Hs j Hj. now apply H.
Qed.
Lemma sum_product_bound n a x k : (forall j, (j < n)%nat -> Rabs (a j) <= k) ->
  Rabs (sum n (fun j => a j * x j)) <= k * sum n (fun j => Rabs (x j)).
Proof.
  intro H. apply Rle_trans with (1 := sum_Rabs _ _). rewrite <- sum_scal. apply sum_le.
  intros j Hj. rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | now apply H].
Qed.

Section Along.
Variable n : nat.
Variable T : R.
Hypothesis HT : 0 <= T.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variables Hq Hp : nat -> vec -> vec -> R.
Variables Hqq Hqp Hpq Hpp : field2.
Hypothesis H_C2 : hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp.
Variables q p : R -> vec.
Hypothesis qp : characteristic n T D Hq Hp q p.

Lemma qp_near t d : 0 <= t <= T -> 0 < d ->
  exists a, 0 < a /\ forall s, Rabs (s - t) < a -> D (q s) /\ near n (q t) d (q s) /\ near n (p t) d (p s).
Proof.
  intros Ht Hd. destruct (qp t Ht) as [Hin Hder]. destruct (D_open _ Hin) as [d0 [Hd0 HD]].
  destruct (near_curve n q t) with (d := Rmin d d0) as [a [Ha Na]].
  { intros j Hj. apply (ex_derive_continuous (fun s => q s j)). eexists. apply (proj1 (Hder j Hj)). }
  { now apply Rmin_pos. }
  destruct (near_curve n p t) with (d := d) as [b [Hb Nb]].
  { intros j Hj. apply (ex_derive_continuous (fun s => p s j)). eexists. apply (proj2 (Hder j Hj)). }
  { easy. }
  exists (Rmin a b). split; [now apply Rmin_pos|]. intros s Hs.
  assert (Hsa := Na s (Rlt_le_trans _ _ _ Hs (Rmin_l _ _))). assert (Hsb := Nb s (Rlt_le_trans _ _ _ Hs (Rmin_r _ _))).
  split; [apply HD; eapply near_le; [apply Rmin_r | exact Hsa] | split; [|easy]].
  eapply near_le; [apply Rmin_l | exact Hsa].
Qed.

Lemma along_continuous (G : vec -> vec -> R) t : 0 <= t <= T -> continuous_at n D G (q t) (p t) ->
  continuous (fun s => G (q s) (p s)) t.
Proof.
  intros Ht HG. apply continuous_tolerance. intros e He. destruct (HG e He) as [d [Hd H]].
  destruct (qp_near t d Ht Hd) as [a [Ha Hs]]. exists a. split; [easy|]. intros s Hst. apply H; now apply Hs.
Qed.
Lemma along_matrix_continuous (F : field2) :
  (forall i j a b, (i < n)%nat -> (j < n)%nat -> D a -> continuous_at n D (F i j) a b) ->
  continuous_on_segment n T (along F q p).
Proof.
  intros HF t i j Ht Hi Hj. apply (along_continuous (F i j)); [easy|]. apply HF; try easy. now apply qp.
Qed.
Lemma second_derivatives_continuous :
  continuous_on_segment n T (along Hqq q p) /\ continuous_on_segment n T (along Hqp q p) /\
  continuous_on_segment n T (along Hpq q p) /\ continuous_on_segment n T (along Hpp q p).
Proof.
  repeat split; apply along_matrix_continuous; intros i j a b Hi Hj Ha;
    destruct (H_C2 i Hi) as [[_ H1] [_ H2]]; specialize (H1 a b j Ha Hj); specialize (H2 a b j Ha Hj); tauto.
Qed.

Lemma strict_along (G : vec -> vec -> R) (Gq Gp : nat -> vec -> vec -> R) : C1 n D G Gq Gp ->
  forall e, 0 < e -> exists d, 0 < d /\ forall t, 0 <= t <= T -> forall q' p', near n (q t) d q' -> near n (p t) d p' ->
    Rabs (G q' p' - G (q t) (p t) - sum n (fun j => Gq j (q t) (p t) * (q' j - q t j))
                                  - sum n (fun j => Gp j (q t) (p t) * (p' j - p t j)))
    <= e * (sum n (fun j => Rabs (q' j - q t j)) + sum n (fun j => Rabs (p' j - p t j))).
Proof.
  intros HG e He. apply segment_uniform.
  { intros t d d' Hd H q' p' Hq' Hp'. apply H; now apply near_le with d'. }
  intros t Ht. destruct (qp t Ht) as [Hin _].
  destruct (C1_strict n D G Gq Gp (q t) (p t) D_open HG Hin (e / 2)) as [d0 [Hd0 H0]]; [lra|].
  destruct (common_tolerance (fun j d => forall a b, D a -> near n (q t) d a -> near n (p t) d b ->
      Rabs (Gq j (q t) (p t) - Gq j a b) <= e / 2 /\ Rabs (Gp j (q t) (p t) - Gp j a b) <= e / 2) n) as [d1 [Hd1 H1]].
  { intros j d d' Hd H a b Ha Hqa Hpb. apply H; [easy | now apply near_le with d' | now apply near_le with d']. }
  { intros j Hj. destruct HG as [_ HG]. destruct (HG (q t) (p t) j Hin Hj) as (_ & Cq & _ & Cp).
    destruct (Cq (e / 2)) as [a [Ha Ca]]; [lra|]. destruct (Cp (e / 2)) as [b [Hb Cb]]; [lra|].
    exists (Rmin a b). split; [now apply Rmin_pos|]. intros x y Hx Hqx Hpy.
    split; left; rewrite Rabs_minus_sym; [apply Ca | apply Cb]; try easy;
      (eapply near_le; [|eassumption]); apply Rmin_l || apply Rmin_r. }
  set (d := Rmin (d0 / 2) d1). assert (Hdm : d <= d0 / 2 /\ d <= d1) by (split; [apply Rmin_l | apply Rmin_r]).
  assert (Hd : 0 < d) by (apply Rmin_pos; lra).
  destruct (qp_near t d Ht Hd) as [a [Ha Hs]].
  exists (Rmin a d). split; [now apply Rmin_pos|].
  intros s _ Hst q' p' Hq' Hp'. destruct (Hs s) as (Hins & Hqs & Hps); [eapply Rlt_le_trans; [exact Hst | apply Rmin_l]|].
  assert (Hq2 : near n (q t) d0 q').
  { apply near_le with (2 * d); [lra|]. apply near_trans with (q s); [easy|]. apply near_le with (2 := Hq'), Rmin_r. }
  assert (Hp2 : near n (p t) d0 p').
  { apply near_le with (2 * d); [lra|]. apply near_trans with (p s); [easy|]. apply near_le with (2 := Hp'), Rmin_r. }
  assert (Hdd : d <= d0) by lra.
  assert (H := H0 q' p' (q s) (p s) Hq2 Hp2 (near_le _ _ _ _ _ Hdd Hqs) (near_le _ _ _ _ _ Hdd Hps)).
  assert (H2 := fun j Hj => H1 j Hj (q s) (p s) Hins (near_le _ _ _ _ _ (proj2 Hdm) Hqs) (near_le _ _ _ _ _ (proj2 Hdm) Hps)).
  assert (Bq := sum_product_bound n (fun j => Gq j (q t) (p t) - Gq j (q s) (p s)) (fun j => q' j - q s j) (e / 2) (fun j Hj => proj1 (H2 j Hj))).
  assert (Bp := sum_product_bound n (fun j => Gp j (q t) (p t) - Gp j (q s) (p s)) (fun j => p' j - p s j) (e / 2) (fun j Hj => proj2 (H2 j Hj))).
  cbv beta in Bq, Bp.
  rewrite (sum_ext n _ (fun j => Gq j (q t) (p t) * (q' j - q s j) - Gq j (q s) (p s) * (q' j - q s j))), sum_minus in Bq by (intros; ring).
  rewrite (sum_ext n _ (fun j => Gp j (q t) (p t) * (p' j - p s j) - Gp j (q s) (p s) * (p' j - p s j))), sum_minus in Bp by (intros; ring).
  split_Rabs; lra.
Qed.

(* The linearized flow applied to one vector. *)
Variable U : mat.
Variables Q P : R -> mat.
Hypothesis QP : linearized n T Hqq Hqp Hpq Hpp q p U Q P.

Lemma Qw_derivative w t i : 0 <= t <= T -> (i < n)%nat ->
  is_derive (fun s => apply n (Q s) w i) t
    (apply n (along Hpq q p t) (apply n (Q t) w) i + apply n (along Hpp q p t) (apply n (P t) w) i).
Proof.
  intros Ht Hi. rewrite <- !apply_mul, <- apply_add. apply is_derive_apply_const. intros j Hj. now apply QP.
Qed.
Lemma Pw_derivative w t i : 0 <= t <= T -> (i < n)%nat ->
  is_derive (fun s => apply n (P s) w i) t
    (- (apply n (along Hqq q p t) (apply n (Q t) w) i + apply n (along Hqp q p t) (apply n (P t) w) i)).
Proof.
  intros Ht Hi. rewrite <- !apply_mul, <- apply_add, <- apply_opp. apply is_derive_apply_const. intros j Hj. now apply QP.
Qed.

(* a square matrix of order 2n, acting on x followed by y *)
Definition blocks (A B C E : mat) : mat :=
  fun i => if Nat.ltb i n then followed n (A i) (B i) else followed n (C (i - n)%nat) (E (i - n)%nat).
Lemma blocks_low A B C E i j : (i < n)%nat -> blocks A B C E i j = followed n (A i) (B i) j.
Proof. intro Hi. unfold blocks. apply Nat.ltb_lt in Hi. now rewrite Hi. Qed.
Lemma blocks_high A B C E i j : blocks A B C E (n + i)%nat j = followed n (C i) (E i) j.
Proof.
  unfold blocks. assert (H : Nat.ltb (n + i) n = false) by (apply Nat.ltb_ge; lia). rewrite H.
  replace (n + i - n)%nat with i by lia. easy.
Qed.

Theorem linearized_injective w t : 0 <= t <= T ->
  (forall i, (i < n)%nat -> apply n (Q t) w i = 0) -> (forall i, (i < n)%nat -> apply n (P t) w i = 0) ->
  forall i, (i < n)%nat -> w i = 0.
Proof.
  intros Ht HQ HP i Hi. destruct second_derivatives_continuous as (Cqq & Cqp & Cpq & Cpp).
  destruct QP as (_ & _ & Q0 & _).
  assert (E : w i = followed n (apply n (Q 0) w) (apply n (P 0) w) i).
  { rewrite followed_low, (apply_ext n _ identity w w) by (auto using agree_refl; intros; now apply Q0).
    unfold identity. rewrite apply_diagonal by easy. ring. }
  rewrite E.
  apply (linear_unique_backwards (n + n)
    (fun s => blocks (along Hpq q p s) (along Hpp q p s) (opp (along Hqq q p s)) (opp (along Hqp q p s)))
    (fun s => followed n (apply n (Q s) w) (apply n (P s) w)) t); [easy| | | |lia].
  - intros s k l Hs Hk Hl. assert (HsT : 0 <= s <= T) by lra.
    destruct (low_or_high n n k Hk) as [Hk'|[k' [Hk' ->]]]; destruct (low_or_high n n l Hl) as [Hl'|[l' [Hl' ->]]].
    + apply continuous_ext with (fun s => along Hpq q p s k l).
      { intro r. now rewrite blocks_low, followed_low. }
      exact (Cpq s k l HsT Hk' Hl').
    + apply continuous_ext with (fun s => along Hpp q p s k l').
      { intro r. now rewrite blocks_low, followed_high. }
      exact (Cpp s k l' HsT Hk' Hl').
    + apply continuous_ext with (fun s => - along Hqq q p s k' l).
      { intro r. now rewrite blocks_high, followed_low. }
      exact (continuous_opp (fun s => along Hqq q p s k' l) s (Cqq s k' l HsT Hk' Hl')).
    + apply continuous_ext with (fun s => - along Hqp q p s k' l').
      { intro r. now rewrite blocks_high, followed_high. }
      exact (continuous_opp (fun s => along Hqp q p s k' l') s (Cqp s k' l' HsT Hk' Hl')).
  - intros s k Hs Hk. assert (HsT : 0 <= s <= T) by lra.
    destruct (low_or_high n n k Hk) as [Hk'|[k' [Hk' ->]]].
    + apply is_derive_ext with (fun r => apply n (Q r) w k); [intro r; now rewrite followed_low|].
      eapply is_derive_eq; [now apply Qw_derivative|].
      unfold apply at 5. rewrite (sum_ext _ _ _ (fun j _ => f_equal (fun a => a * _) (blocks_low _ _ _ _ k j Hk'))). now rewrite (sum_followed n n _ _ Rmult).
    + apply is_derive_ext with (fun r => apply n (P r) w k'); [intro r; now rewrite followed_high|].
      eapply is_derive_eq; [now apply Pw_derivative|].
      rewrite Ropp_plus_distr, <- !apply_opp.
      unfold apply at 5. rewrite (sum_ext _ _ _ (fun j _ => f_equal (fun a => a * _) (blocks_high _ _ _ _ k' j))). now rewrite (sum_followed n n _ _ Rmult).
  - intros k Hk. destruct (low_or_high n n k Hk) as [Hk'|[k' [Hk' ->]]]; [rewrite followed_low | rewrite followed_high]; auto.
Qed.
End Along.
