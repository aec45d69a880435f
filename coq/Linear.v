(* Matrix functions of time: derivatives, and the uniqueness of solutions of linear equations z' = K(t) z. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Gronwall Matrix.
Open Scope R_scope.

Definition continuous_on_segment (n : nat) (T : R) (A : R -> mat) : Prop :=
  forall t i j, 0 <= t <= T -> (i < n)%nat -> (j < n)%nat -> continuous (fun s => A s i j) t.
(* Y' = Z on [0, T], entry by entry *)
Definition derivative (n : nat) (T : R) (Y Z : R -> mat) : Prop :=
  forall t i j, 0 <= t <= T -> (i < n)%nat -> (j < n)%nat -> is_derive (fun s => Y s i j) t (Z t i j).

Lemma derivative_continuous n T Y Z : derivative n T Y Z -> continuous_on_segment n T Y.
Proof. intros H t i j Ht Hi Hj. apply (ex_derive_continuous (fun s => Y s i j)). eexists. now apply H. Qed.

Lemma is_derive_apply n (X : R -> mat) (dX : mat) (z : R -> vec) (dz : vec) t i :
  (forall j, (j < n)%nat -> is_derive (fun s => X s i j) t (dX i j)) ->
  (forall j, (j < n)%nat -> is_derive (fun s => z s j) t (dz j)) ->
  is_derive (fun s => apply n (X s) (z s) i) t (apply n dX (z t) i + apply n (X t) dz i).
Proof.
  intros HX Hz. unfold apply. rewrite <- sum_plus.
  apply (is_derive_sum n (fun j s => X s i j * z s j) (fun j _ => dX i j * z t j + X t i j * dz j)).
  intros j Hj. apply (is_derive_mult (fun s => X s i j) (fun s => z s j)); [now apply HX | now apply Hz | exact Rmult_comm].
Qed.
Lemma is_derive_apply_const n (X : R -> mat) (dX : mat) (z : vec) t i :
  (forall j, (j < n)%nat -> is_derive (fun s => X s i j) t (dX i j)) ->
  is_derive (fun s => apply n (X s) z i) t (apply n dX z i).
Proof.
  intro HX. unfold apply. apply (is_derive_sum n (fun j s => X s i j * z j) (fun j _ => dX i j * z j)).
  intros j Hj. apply is_derive_eq with (dX i j * z j + X t i j * 0); [|ring].
  apply (is_derive_mult (fun s => X s i j) (fun _ => z j)); [now apply HX | apply @is_derive_const | exact Rmult_comm].
Qed.
Lemma continuous_apply n (X : R -> mat) (z : R -> vec) t i :
  (forall j, (j < n)%nat -> continuous (fun s => X s i j) t) -> (forall j, (j < n)%nat -> continuous (fun s => z s j) t) ->
  continuous (fun s => apply n (X s) (z s) i) t.
Proof.
  intros HX Hz. apply (continuous_sum n (fun j s => X s i j * z s j)). intros j Hj.
  apply (continuous_mult (fun s => X s i j) (fun s => z s j)); [now apply HX | now apply Hz].
Qed.
Lemma continuous_mul n T A B :
  continuous_on_segment n T A -> continuous_on_segment n T B -> continuous_on_segment n T (fun t => mul n (A t) (B t)).
Proof.
  intros HA HB t i j Ht Hi Hj. apply (continuous_sum n (fun k s => A s i k * B s k j)). intros k Hk.
  apply (continuous_mult (fun s => A s i k) (fun s => B s k j)); [now apply HA | now apply HB].
Qed.
Lemma continuous_add n T A B :
  continuous_on_segment n T A -> continuous_on_segment n T B -> continuous_on_segment n T (fun t => add (A t) (B t)).
Proof.
  intros HA HB t i j Ht Hi Hj. apply (continuous_plus (fun s => A s i j) (fun s => B s i j)); [now apply HA | now apply HB].
Qed.
Lemma continuous_transpose n T A : continuous_on_segment n T A -> continuous_on_segment n T (fun t => transpose (A t)).
Proof. intros H t i j Ht Hi Hj. now apply (H t j i). Qed.

(* Finitely many continuous functions have a common bound. *)
Lemma bounded_on_segment (f : R -> R) (T : R) :
  (forall t, 0 <= t <= T -> continuous f t) -> exists k, 0 <= k /\ forall t, 0 <= t <= T -> Rabs (f t) <= k.
Proof.
  intro Hc. destruct (segment_uniform (fun t d => Rabs (f t) <= / d) 0 T) as [d [Hd H]].
  - intros t d d' Hd H. apply Rle_trans with (1 := H). apply Rinv_le_contravar; lra.
  - intros t Ht. set (m := Rabs (f t) + 1). assert (Hlt : Rabs (f t) < m) by (unfold m; lra). assert (Hm : 0 < m) by (unfold m; assert (H := Rabs_pos (f t)); lra).
    assert (Hcm : continuous (fun s => Rabs (f s)) t) by (apply (continuous_comp f Rabs); [now apply Hc | apply continuous_Rabs]).
    destruct (Hcm (fun y => y < m) (open_lt m _ Hlt)) as [e He].
    assert (Hp := cond_pos e).
    exists (Rmin e (/ m)). split; [apply Rmin_pos; [easy | now apply Rinv_0_lt_compat]|].
    intros s _ Hs. apply Rle_trans with m.
    + left. apply He. apply Rlt_le_trans with (1 := Hs). apply Rmin_l.
    + rewrite <- (Rinv_inv m) at 1. apply Rinv_le_contravar; [|apply Rmin_r].
      apply Rmin_pos; [easy | now apply Rinv_0_lt_compat].
  - exists (/ d). split; [left; now apply Rinv_0_lt_compat | easy].
Qed.
Lemma bounded_family (P : nat -> R -> Prop) n :
  (forall i k k', k <= k' -> P i k -> P i k') -> (forall i, (i < n)%nat -> exists k, 0 <= k /\ P i k) ->
  exists k, 0 <= k /\ forall i, (i < n)%nat -> P i k.
Proof.
  intros mono. sum_induction n; [exists 0; split; [lra | intros; lia]|].
  destruct (IH H) as [k [Hk Pk]]. destruct H0 as [k' [Hk' Pk']].
  exists (Rmax k k'). split; [apply Rle_trans with (1 := Hk); apply Rmax_l|].
  intros i Hi. destruct (Nat.eq_dec i n) as [->|Hne]; [apply mono with k'; [apply Rmax_r | easy]|].
  apply mono with k; [apply Rmax_l | apply Pk; lia].
Qed.
Lemma bounded_matrix n T (K : R -> mat) : continuous_on_segment n T K ->
  exists k, 0 <= k /\ forall t i j, 0 <= t <= T -> (i < n)%nat -> (j < n)%nat -> Rabs (K t i j) <= k.
Proof.
  intro Hc.
  destruct (bounded_family (fun i k => forall t j, 0 <= t <= T -> (j < n)%nat -> Rabs (K t i j) <= k) n) as [k [Hk H]].
  - intros i k k' Hk H t j Ht Hj. apply Rle_trans with k; [now apply H | easy].
  - intros i Hi.
    destruct (bounded_family (fun j k => forall t, 0 <= t <= T -> Rabs (K t i j) <= k) n) as [k [Hk H]].
    + intros j k k' Hk H t Ht. apply Rle_trans with k; [now apply H | easy].
    + intros j Hj. apply (bounded_on_segment (fun t => K t i j)). intros t Ht. now apply Hc.
    + exists k. split; [easy|]. intros t j Ht Hj. now apply H.
  - exists k. split; [easy|]. intros t i j Ht Hi Hj. now apply H.
Qed.

Theorem linear_unique (n : nat) (K : R -> mat) (z : R -> vec) (T : R) :
  continuous_on_segment n T K ->
  (forall t i, 0 <= t <= T -> (i < n)%nat -> is_derive (fun s => z s i) t (apply n (K t) (z t) i)) ->
  (forall i, (i < n)%nat -> z 0 i = 0) ->
  forall t i, 0 <= t <= T -> (i < n)%nat -> z t i = 0.
Proof.
  intros HK Hz H0 t i Ht Hi. destruct (bounded_matrix n T K HK) as [k [Hk HKk]].
  apply (stays_zero n (fun i s => z s i) (fun i s => apply n (K s) (z s) i) T k Hk); try easy; [intros; now apply Hz|].
  intros j s Hj Hs. unfold apply. apply Rle_trans with (1 := sum_Rabs _ _). rewrite <- sum_scal. apply sum_le. intros l Hl.
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | now apply HKk].
Qed.

(* ... and from any later time backwards. *)
Theorem linear_unique_backwards (n : nat) (K : R -> mat) (z : R -> vec) (T : R) : 0 <= T ->
  continuous_on_segment n T K ->
  (forall t i, 0 <= t <= T -> (i < n)%nat -> is_derive (fun s => z s i) t (apply n (K t) (z t) i)) ->
  (forall i, (i < n)%nat -> z T i = 0) ->
  forall i, (i < n)%nat -> z 0 i = 0.
Proof.
  intros HT HK Hz H0 i Hi.
  assert (Hrev : forall t, is_derive (fun s => T - s) t (-1)) by (intro; auto_derive; [easy | ring]).
  replace (z 0 i) with (z (T - T) i) by (f_equal; ring).
  apply (linear_unique n (fun t => opp (K (T - t))) (fun t => z (T - t)) T); try easy || lra.
  - intros t j l Ht Hj Hl. unfold opp. apply (continuous_opp (fun s => K (T - s) j l)).
    apply (continuous_comp (fun s => T - s) (fun s => K s j l)); [|apply HK; easy || lra].
    apply (ex_derive_continuous (fun s => T - s)). eexists. apply Hrev.
  - intros t j Ht Hj. rewrite apply_opp.
    apply is_derive_eq with (-1 * apply n (K (T - t)) (z (T - t)) j); [|ring].
    apply (is_derive_comp (fun s => z s j) (fun s => T - s)); [apply Hz; easy || lra | apply Hrev].
  - intros j Hj. rewrite Rminus_0_r. now apply H0.
Qed.
