(* Functions on a segment [a, b]: what is needed of one-variable calculus.

   segment_uniform: a property that holds near each point with some tolerance d > 0, and with every smaller
   one, holds on the whole segment with one tolerance (compactness).
   stays_inside: a continuous function that cannot be the first to reach its bound never reaches it (exit time). *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma is_derive_eq (f : R -> R) (x l l' : R) : is_derive f x l -> l = l' -> is_derive f x l'.
Proof. now intros H <-. Qed.

(* The supremum argument: what passes from [a, t) to a neighbourhood of t holds on [a, b]. *)
Lemma segment_induction (P : R -> Prop) (a b : R) :
  (forall t, a <= t <= b -> (forall s, a <= s < t -> P s) ->
     exists d, 0 < d /\ forall s, a <= s <= b -> Rabs (s - t) < d -> P s) ->
  forall t, a <= t <= b -> P t.
Proof.
  intros step t0 Ht0.
  set (E := fun t => a <= t <= b /\ forall s, a <= s <= t -> P s).
  assert (Ea : E a).
  { destruct (step a) as [d [Hd Pd]]; [lra | intros; lra |].
    split; [lra|]. intros s Hs. apply Pd; [lra|]. replace s with a by lra. rewrite Rminus_eq_0, Rabs_R0. lra. }
  destruct (completeness E) as [c [Hub Hlub]]; [exists b; intros t [Ht _]; lra | now exists a |].
  assert (Hc : a <= c <= b) by (split; [now apply Hub | apply Hlub; intros t [Ht _]; lra]).
  assert (below : forall s, a <= s < c -> P s).
  { intros s Hs. destruct (Classical_Prop.classic (exists t, E t /\ s < t)) as [[t [[_ Pt] Hst]]|none]; [apply Pt; lra|].
    exfalso. assert (c <= s); [|lra]. apply Hlub. intros t Et. apply Rnot_lt_le. intro Hst. apply none. now exists t. }
  destruct (step c Hc below) as [d [Hd Pd]].
  set (c' := Rmin (c + d / 2) b).
  assert (Hc' : c <= c' <= b /\ c' <= c + d / 2) by (unfold c', Rmin; destruct Rle_dec; lra).
  assert (Ec' : E c').
  { split; [lra|]. intros s Hs. destruct (Rlt_le_dec s c); [apply below; lra|].
    apply Pd; [lra|]. apply Rabs_def1; lra. }
  assert (Hcc : c' <= c) by now apply Hub.
  assert (c' = b) by (unfold c', Rmin in *; destruct Rle_dec; lra).
  apply (proj2 Ec'). lra.
Qed.

Lemma segment_uniform (P : R -> R -> Prop) (a b : R) :
  (forall t d d', 0 < d' <= d -> P t d -> P t d') ->
  (forall t, a <= t <= b -> exists d, 0 < d /\ forall s, a <= s <= b -> Rabs (s - t) < d -> P s d) ->
  exists d, 0 < d /\ forall t, a <= t <= b -> P t d.
Proof.
  intros mono near.
  destruct (Rle_or_lt a b) as [Hab|Hab]; [|exists 1; split; [lra | intros; lra]].
  assert (H : forall t, a <= t <= b -> exists d, 0 < d /\ forall s, a <= s <= t -> P s d).
  { apply segment_induction. intros t Ht below.
    destruct (near t Ht) as [d [Hd Pd]].
    assert (before : exists d', 0 < d' /\ forall s, a <= s < t -> s <= t - d / 2 -> P s d').
    { destruct (Rle_or_lt a (t - d / 2)) as [Hle|Hlt]; [|exists 1; split; [lra | intros; lra]].
      destruct (below (t - d / 2)) as [d' [Hd' Pd']]; [lra|]. exists d'. split; [easy|]. intros s Hs Hs'. apply Pd'. lra. }
    destruct before as [d' [Hd' Pd']].
    exists (d / 2). split; [lra|]. intros s Hs Hst. apply Rabs_def2 in Hst.
    exists (Rmin d d'). split; [now apply Rmin_pos|]. intros r Hr.
    assert (Hm := conj (Rmin_l d d') (Rmin_r d d')). assert (Hp := Rmin_pos d d' Hd Hd').
    destruct (Rle_or_lt r (t - d / 2)) as [Hle|Hlt].
    - apply mono with d'; [lra | apply Pd'; lra].
    - apply mono with d; [lra|]. apply Pd; [lra|]. apply Rabs_def1; lra. }
  destruct (H b) as [d [Hd Pd]]; [lra|]. now exists d.
Qed.

Lemma stays_inside (g : R -> R) (a b r : R) :
  (forall t, a <= t <= b -> continuous g t) ->
  (forall t, a <= t <= b -> (forall s, a <= s < t -> g s < r) -> g t < r) ->
  forall t, a <= t <= b -> g t < r.
Proof.
  intros Hc step. apply segment_induction. intros t Ht below.
  destruct (Hc t Ht (fun y => y < r) (open_lt r _ (step t Ht below))) as [d Hd].
  exists d. split; [apply cond_pos|]. intros s _ Hs. now apply Hd.
Qed.

(* The mean value theorem, with derivatives inside the segment only. *)
Lemma mean_value (f df : R -> R) (a b : R) : a < b ->
  (forall t, a < t < b -> is_derive f t (df t)) -> (forall t, a <= t <= b -> continuous f t) ->
  exists c, a < c < b /\ f b - f a = df c * (b - a).
Proof.
  intros Hab Hd Hc.
  assert (pr : forall c, a < c < b -> derivable_pt f c).
  { intros c Hin. exists (df c). apply is_derive_Reals. now apply Hd. }
  destruct (MVT f id a b pr (fun c _ => derivable_pt_id c) Hab) as [c [Hin Heq]].
  - intros c Hin. now apply continuity_pt_filterlim, Hc.
  - intros c _. apply derivable_continuous_pt, derivable_pt_id.
  - exists c. split; [easy|].
    rewrite derive_pt_id, (derive_pt_eq_0 f c (df c) (pr c Hin)) in Heq by now apply is_derive_Reals, Hd.
    unfold id in Heq. lra.
Qed.

(* A function with a derivative of one sign is monotone. *)
Lemma increasing (f df : R -> R) (a b : R) : a <= b ->
  (forall t, a < t < b -> is_derive f t (df t) /\ 0 <= df t) -> (forall t, a <= t <= b -> continuous f t) ->
  f a <= f b.
Proof.
  intros Hab Hd Hc. destruct (Req_dec a b) as [->|Hne]; [lra|].
  destruct (mean_value f df a b) as [c [Hin Heq]]; [lra | intros; now apply Hd | easy |].
  destruct (Hd c Hin) as [_ Hp]. assert (0 <= df c * (b - a)) by (apply Rmult_le_pos; lra). lra.
Qed.
