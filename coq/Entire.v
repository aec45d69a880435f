(* The three entire functions of Surface.v: Cosine y = cos sqrt y, Sine y = sin(sqrt y)/sqrt y and Quotient y = (Sine y - Cosine y)/y,
   for y of either sign.

   tail: the sum of the first N terms is within twice the next term, if |y| <= (2N + 1)(N + 1).
   derive_cs, derive_sn: cs t = Cosine (lam t^2) and sn t = t Sine (lam t^2) solve cs' = -lam sn, sn' = cs.
   oscillator: and every solution of f' = g, g' = -lam f is f = f(0) cs + g(0) sn.
   sn_positive: sn > 0 on (0, T], if lam T^2 < pi^2. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Surface.
Open Scope R_scope.

(* an equation in a carrier of Coquelicot's structures as one of R *)
Ltac reals := match goal with |- ?a = ?b => change (@eq R a b) end.

(* ---- Power series whose terms decrease as those of the cosine ---- *)

Definition decays (a : nat -> R) : Prop := forall n, Rabs (a (S n)) * (INR (2 * n + 1) * INR (2 * n + 2)) <= Rabs (a n).
Definition shift (a : nat -> R) (n : nat) : R := a (S n).
(* Horner's scheme of N terms *)
Fixpoint truncated (N : nat) (a : nat -> R) (y : R) : R :=
  match N with O => 0 | S M => a O + y * truncated M (shift a) y end.

Lemma INR_step n : INR (2 * n + 1) = 2 * INR n + 1 /\ INR (2 * n + 2) = 2 * INR n + 2.
Proof. split; rewrite plus_INR, mult_INR; simpl; lra. Qed.
(* |b_(n+1)| r <= |b_n| / 2 *)
Definition halves (r : R) (b : nat -> R) : Prop := forall n, Rabs (b (S n)) * r <= Rabs (b n) / 2.
Lemma decays_halves a N r : decays a -> 0 <= r <= INR (2 * N + 1) * INR (N + 1) -> halves r (fun n => a (N + n)%nat).
Proof.
  intros H Hr n. rewrite Nat.add_succ_r. assert (K := H (N + n)%nat). destruct (INR_step (N + n)) as [E1 E2]. rewrite E1, E2 in K.
  destruct (INR_step N) as [E3 _]. rewrite E3, plus_INR in Hr. rewrite plus_INR in K. simpl INR in Hr.
  assert (P := Rabs_pos (a (S (N + n)))). assert (HN := pos_INR N). assert (Hn := pos_INR n).
  apply Rle_trans with (Rabs (a (S (N + n))) * ((2 * (INR N + INR n) + 1) * (2 * (INR N + INR n) + 2) / 2)); [|lra].
  apply Rmult_le_compat_l; [easy|]. apply Rle_trans with (1 := proj2 Hr). nra.
Qed.
Lemma halves_term r b y n : halves r b -> Rabs y <= r -> Rabs (b n * y ^ n) <= Rabs (b O) * (/ 2) ^ n.
Proof.
  intros H Hy. induction n as [|n IH]; [simpl; rewrite !Rmult_1_r; lra|].
  assert (P := Rabs_pos (b (S n))). assert (Q := Rabs_pos (y ^ n)).
  simpl pow. rewrite <- Rmult_assoc, !Rabs_mult in *. specialize (H n).
  assert (Rabs (b (S n)) * Rabs y <= Rabs (b n) / 2) by (apply Rle_trans with (2 := H); now apply Rmult_le_compat_l).
  assert (Rabs (b (S n)) * Rabs y * Rabs (y ^ n) <= Rabs (b n) / 2 * Rabs (y ^ n)) by now apply Rmult_le_compat_r.
  lra.
Qed.
Lemma geometric k : is_series (fun n => k * (/ 2) ^ n) (2 * k).
Proof.
  assert (G : is_series (fun n => (/ 2) ^ n) (/ (1 - / 2))) by (apply is_series_geom; rewrite Rabs_pos_eq; lra).
  assert (K := is_series_scal_l k _ _ G). unfold scal in K. simpl in K. unfold mult in K. simpl in K.
  replace (2 * k) with (k * / (1 - / 2)) by field. exact K.
Qed.
Lemma halves_summable r b y : halves r b -> Rabs y <= r -> ex_series (fun n => Rabs (b n * y ^ n)).
Proof.
  intros H Hy. apply (@ex_series_le R_AbsRing R_CompleteNormedModule) with (b := fun n => Rabs (b O) * (/ 2) ^ n).
  - intro n. change (Rabs (Rabs (b n * y ^ n)) <= Rabs (b O) * (/ 2) ^ n). rewrite Rabs_Rabsolu. now apply halves_term with r.
  - eexists. apply geometric.
Qed.
Lemma halves_sum r b y : halves r b -> Rabs y <= r -> Rabs (PSeries b y) <= 2 * Rabs (b O).
Proof.
  intros H Hy. unfold PSeries. apply Rle_trans with (1 := Series_Rabs _ (halves_summable r b y H Hy)).
  rewrite <- (is_series_unique _ _ (geometric (Rabs (b O)))).
  apply Series_le; [|eexists; apply geometric]. intro n. split; [apply Rabs_pos | now apply halves_term with r].
Qed.

Lemma shift_series N (a : nat -> R) (y : R) : ex_pseries a y -> ex_pseries (fun n => a (N + n)%nat) y.
Proof.
  intro H. induction N as [|N IH]; [exact H|].
  apply ex_pseries_ext with (PS_decr_1 (fun n => a (N + n)%nat)).
  - intro n. unfold PS_decr_1. f_equal. lia.
  - apply ex_pseries_decr_1; [|exact IH]. destruct (Req_dec y 0) as [->|Hy]; [now left|]. right. exists (/ y). now apply Rinv_l.
Qed.
Lemma decays_disk (a : nat -> R) y : decays a -> CV_disk a y.
Proof.
  intro H. destruct (nfloor_ex (Rabs y) (Rabs_pos y)) as [N HN].
  apply (proj2 (ex_series_incr_n _ (S N))).
  assert (K : Rabs y <= INR (2 * S N + 1) * INR (S N + 1)).
  { destruct (INR_step (S N)) as [E _]. rewrite E, plus_INR, S_INR. simpl INR. assert (P := pos_INR N).
    assert (0 <= INR N * INR N) by now apply Rmult_le_pos. lra. }
  apply ex_series_ext with (fun n => Rabs y ^ S N * Rabs (a (S N + n)%nat * y ^ n)).
  - intro n. rewrite pow_add, !Rabs_mult, <- !RPow_abs. reals. ring.
  - apply (@ex_series_scal_l R_AbsRing R_NormedModule (Rabs y ^ S N) (fun n => Rabs (a (S N + n)%nat * y ^ n))).
    apply (halves_summable (Rabs y)); [|lra]. apply decays_halves; [easy|]. split; [apply Rabs_pos | easy].
Qed.
Lemma decays_everywhere a y : decays a -> Rbar_lt (Rabs y) (CV_radius a).
Proof.
  intro H. apply Rbar_lt_le_trans with (Rabs y + 1); [simpl; lra|].
  unfold CV_radius. destruct (Lub_Rbar_correct (CV_disk a)) as [Hub _]. apply Hub. now apply decays_disk.
Qed.
Lemma decays_series a (y : R) : decays a -> ex_pseries a y.
Proof. intro H. apply CV_radius_inside. now apply decays_everywhere. Qed.

Lemma truncated_rest N : forall (a : nat -> R) (y : R), ex_pseries a y ->
  PSeries a y - truncated N a y = y ^ N * PSeries (fun n => a (N + n)%nat) y.
Proof.
  induction N as [|N IH]; intros a y H; [simpl; now rewrite Rminus_0_r, Rmult_1_l|].
  rewrite (PSeries_decr_1 a y H). change (PS_decr_1 a) with (shift a). cbn [truncated]. specialize (IH (shift a) y).
  set (P := PSeries (shift a) y) in *. set (t := truncated N (shift a) y) in *.
  transitivity (y * (P - t)); [reals; ring|]. rewrite IH.
  - simpl. rewrite (PSeries_ext (fun n => shift a (N + n)%nat) (fun n => a (S (N + n))%nat)); [ring | easy].
  - apply (shift_series 1 a y H).
Qed.
Theorem tail a N y : decays a -> Rabs y <= INR (2 * N + 1) * INR (N + 1) ->
  Rabs (PSeries a y - truncated N a y) <= 2 * Rabs (a N) * Rabs y ^ N.
Proof.
  intros H Hy. rewrite truncated_rest by now apply decays_series.
  assert (K := halves_sum (Rabs y) (fun n => a (N + n)%nat) y).
  rewrite Rabs_mult, <- RPow_abs. cbv beta in K. rewrite Nat.add_0_r in K.
  rewrite (Rmult_comm (2 * _)). apply Rmult_le_compat_l; [apply pow_le, Rabs_pos|].
  apply K; [|lra]. apply decays_halves; [easy|]. split; [apply Rabs_pos | easy].
Qed.

(* ---- The coefficients ---- *)

Lemma fact_pos n : 0 < INR (fact n).
Proof. apply lt_0_INR, lt_O_fact. Qed.
Lemma fact_step n : INR (fact (S n)) = (INR n + 1) * INR (fact n).
Proof. now rewrite fact_simpl, mult_INR, S_INR. Qed.
Lemma sign_abs n : Rabs ((-1) ^ n) = 1.
Proof. apply pow_1_abs. Qed.
Ltac factorials n :=
  replace (2 * S n + 3)%nat with (S (S (S (S (S (2 * n)))))) by lia; replace (2 * S n + 1)%nat with (S (S (S (2 * n)))) by lia;
  replace (2 * S n)%nat with (S (S (2 * n))) by lia; replace (2 * n + 3)%nat with (S (S (S (2 * n)))) by lia;
  replace (2 * n + 1)%nat with (S (2 * n)) by lia;
  rewrite ?fact_step, ?plus_INR, ?S_INR, ?mult_INR; simpl (INR 2); simpl (INR 1); simpl (INR 0).

Lemma cosine_decays : decays cosine_.
Proof.
  intro n. unfold cosine_, Rdiv. rewrite !Rabs_mult, !sign_abs, !Rmult_1_l, !Rabs_inv, !Rabs_pos_eq by apply Rlt_le, fact_pos.
  destruct (INR_step n) as [E1 E2]. rewrite E1, E2. assert (F := fact_pos (2 * n)). assert (P := pos_INR n).
  factorials n. right. field. lra.
Qed.
Lemma sine_decays : decays sine_.
Proof.
  intro n. unfold sine_, Rdiv. rewrite !Rabs_mult, !sign_abs, !Rmult_1_l, !Rabs_inv, !Rabs_pos_eq by apply Rlt_le, fact_pos.
  destruct (INR_step n) as [E1 E2]. rewrite E1, E2. assert (F := fact_pos (2 * n)). assert (P := pos_INR n).
  factorials n. apply Rmult_le_reg_r with ((2 * INR n + 1) * (2 * INR n + 3) * INR (fact (2 * n))).
  { repeat apply Rmult_lt_0_compat; lra. }
  match goal with |- ?a <= ?b => replace a with (2 * INR n + 1) by (field; lra); replace b with (2 * INR n + 3) by (field; lra) end. lra.
Qed.
Lemma quotient_decays : decays quotient_.
Proof.
  intro n. unfold quotient_, Rdiv. rewrite !Rabs_mult, !sign_abs, !Rmult_1_l, !Rabs_inv, !Rabs_pos_eq
    by (apply Rlt_le, fact_pos || apply pos_INR).
  destruct (INR_step n) as [E1 E2]. rewrite E1, E2. assert (F := fact_pos (2 * n)). assert (P := pos_INR n).
  factorials n. apply Rmult_le_reg_r with ((2 * INR n + 1) * (2 * INR n + 3) * (2 * INR n + 5) * (INR n + 1) * INR (fact (2 * n))).
  { repeat apply Rmult_lt_0_compat; lra. }
  match goal with |- ?a <= ?b =>
    replace a with ((2 * INR n + 1) * (INR n + 1)) by (field; lra); replace b with ((2 * INR n + 5) * (INR n + 1)) by (field; lra) end.
  apply Rmult_le_compat_r; lra.
Qed.

(* ---- The relations between the functions ---- *)

Lemma quotient_relation y : y * Quotient y = Sine y - Cosine y.
Proof.
  unfold Quotient, Sine, Cosine.
  rewrite <- PSeries_incr_1, <- PSeries_minus by (apply decays_series; apply sine_decays || apply cosine_decays).
  apply PSeries_ext. intros [|n]; [change (0 = sine_ 0 - cosine_ 0); unfold sine_, cosine_; simpl; field|].
  change (quotient_ n = sine_ (S n) - cosine_ (S n)). unfold quotient_, sine_, cosine_. simpl pow.
  assert (F := fact_pos (2 * n)). assert (P := pos_INR n). replace (2 * n + 2)%nat with (S (S (2 * n))) by lia.
  factorials n. field. lra.
Qed.
Lemma derive_cosine y : is_derive Cosine y (- Sine y / 2).
Proof.
  apply is_derive_eq with (1 := is_derive_PSeries cosine_ y (decays_everywhere _ y cosine_decays)).
  unfold Sine. replace (- PSeries sine_ y / 2) with (- / 2 * PSeries sine_ y) by field.
  rewrite <- PSeries_scal. apply PSeries_ext. intro n.
  change (INR (S n) * cosine_ (S n) = - / 2 * sine_ n). unfold sine_, cosine_. simpl pow.
  assert (F := fact_pos (2 * n)). assert (P := pos_INR n). factorials n. field. lra.
Qed.
Definition sine' (y : R) : R := PSeries (PS_derive sine_) y.
Lemma derive_sine y : is_derive Sine y (sine' y).
Proof. exact (is_derive_PSeries sine_ y (decays_everywhere _ y sine_decays)). Qed.
Lemma sine_relation y : Sine y + 2 * (y * sine' y) = Cosine y.
Proof.
  unfold Sine, Cosine, sine'. rewrite <- PSeries_incr_1, <- PSeries_scal.
  assert (E : ex_pseries (PS_derive sine_) y) by (apply CV_radius_inside; rewrite CV_radius_derive; apply decays_everywhere, sine_decays).
  rewrite <- PSeries_plus.
  - apply PSeries_ext. intros [|n].
    + change (sine_ 0 + 2 * 0 = cosine_ 0). unfold sine_, cosine_. simpl. field.
    + change (sine_ (S n) + 2 * (INR (S n) * sine_ (S n)) = cosine_ (S n)). unfold sine_, cosine_. simpl pow.
      assert (F := fact_pos (2 * n)). assert (P := pos_INR n). factorials n. field. lra.
  - now apply decays_series, sine_decays.
  - apply ex_pseries_scal; [apply Rmult_comm|]. now apply ex_pseries_incr_1.
Qed.
Lemma cosine_0 : Cosine 0 = 1.
Proof. unfold Cosine. rewrite PSeries_0. unfold cosine_. simpl. field. Qed.
Lemma sine_0 : Sine 0 = 1.
Proof. unfold Sine. rewrite PSeries_0. unfold sine_. simpl. field. Qed.

(* ---- Oscillations ---- *)

(* in a goal of auto_derive, the derivatives that the hypotheses know *)
Ltac known := repeat match goal with H : is_derive ?f ?s ?l |- context [Derive ?g ?s] =>
  replace (Derive g s) with l by (symmetry; exact (is_derive_unique g s l H)) end.

Section Oscillator.
Variable lam : R.
Definition cs (t : R) : R := Cosine (lam * (t * t)).
Definition sn (t : R) : R := t * Sine (lam * (t * t)).

Lemma derive_angle t : is_derive (fun t => lam * (t * t)) t (lam * (2 * t)).
Proof. auto_derive; [easy | ring]. Qed.
Lemma derive_cs t : is_derive cs t (- lam * sn t).
Proof.
  assert (K := is_derive_comp Cosine (fun t => lam * (t * t)) t _ _ (derive_cosine _) (derive_angle t)).
  apply is_derive_eq with (1 := K). change (lam * (2 * t) * (- Sine (lam * (t * t)) / 2) = - lam * sn t). unfold sn. field.
Qed.
Lemma derive_sn t : is_derive sn t (cs t).
Proof.
  assert (K := is_derive_comp Sine (fun t => lam * (t * t)) t _ _ (derive_sine _) (derive_angle t)).
  apply is_derive_eq with (1 * Sine (lam * (t * t)) + t * (lam * (2 * t) * sine' (lam * (t * t)))).
  - apply (is_derive_mult (fun t => t) (fun t => Sine (lam * (t * t)))); [apply (@is_derive_id R_AbsRing) | exact K | exact Rmult_comm].
  - unfold cs. rewrite <- sine_relation. ring.
Qed.
Lemma cs_0 : cs 0 = 1.
Proof. unfold cs. now rewrite !Rmult_0_r, cosine_0. Qed.
Lemma sn_0 : sn 0 = 0.
Proof. unfold sn. ring. Qed.

(* a function with derivative 0 on [0, T] *)
Lemma stays (f : R -> R) T t : (forall s, 0 <= s <= T -> is_derive f s 0) -> 0 <= t <= T -> f t = f 0.
Proof.
  intros H Ht. destruct (Req_dec t 0) as [->|Hne]; [easy|].
  destruct (mean_value f (fun _ => 0) 0 t) as [c [_ E]]; [lra | intros; apply H; lra | | lra].
  intros s Hs. apply (ex_derive_continuous f). exists 0. apply H. lra.
Qed.
Lemma pythagoras t : 0 <= t -> cs t * cs t + lam * (sn t * sn t) = 1.
Proof.
  intro Ht. rewrite (stays (fun t => cs t * cs t + lam * (sn t * sn t)) t t); [rewrite cs_0, sn_0; ring | | lra].
  intros s _. assert (C := derive_cs s). assert (S := derive_sn s). auto_derive.
  - repeat split; eexists; eassumption.
  - known. ring.
Qed.
Theorem oscillator (f g : R -> R) T :
  (forall t, 0 <= t <= T -> is_derive f t (g t) /\ is_derive g t (- lam * f t)) ->
  forall t, 0 <= t <= T -> f t = f 0 * cs t + g 0 * sn t.
Proof.
  intros H t Ht.
  assert (E : f t * cs t - g t * sn t = f 0 /\ lam * (f t * sn t) + g t * cs t = g 0).
  { rewrite (stays (fun t => f t * cs t - g t * sn t) T t), (stays (fun t => lam * (f t * sn t) + g t * cs t) T t);
      [rewrite cs_0, sn_0; split; ring | | easy | | easy];
      intros s Hs; destruct (H s Hs) as [F G]; assert (C := derive_cs s); assert (S := derive_sn s); auto_derive;
      try (repeat split; eexists; eassumption);
      known; ring. }
  destruct E as [<- <-]. replace (f t) with (f t * (cs t * cs t + lam * (sn t * sn t))) at 1 by (rewrite pythagoras; lra). ring.
Qed.
(* sn (T - t) *)
Lemma sn_difference T t : 0 <= t <= T -> sn (T - t) = sn T * cs t - cs T * sn t.
Proof.
  intro Ht. rewrite (oscillator (fun t => sn (T - t)) (fun t => - cs (T - t)) T) by
    (try easy; intros s _; assert (C := derive_cs (T + - s)); assert (S := derive_sn (T + - s)); split; auto_derive;
     try (repeat split; eexists; eassumption); known; unfold Rminus; ring).
  rewrite Rminus_0_r. ring.
Qed.
(* it is sin(w t)/w, sinh(w t)/w or t *)
Lemma sn_by (f g : R -> R) t : 0 <= t -> f 0 = 0 -> g 0 = 1 ->
  (forall s, is_derive f s (g s) /\ is_derive g s (- lam * f s)) -> sn t = f t.
Proof. intros Ht F G H. rewrite (oscillator f g t) with (t := t); [rewrite F, G; ring | intros; apply H | lra]. Qed.
Theorem sn_positive T t : lam * (T * T) < PI * PI -> 0 < t <= T -> 0 < sn t.
Proof.
  intros HT Ht. destruct (Rtotal_order lam 0) as [Hl|[Hl|Hl]].
  - set (w := sqrt (- lam)). assert (Hw : 0 < w) by (apply sqrt_lt_R0; lra). assert (E : w * w = - lam) by (apply sqrt_sqrt; lra).
    rewrite (sn_by (fun t => sinh (w * t) / w) (fun t => cosh (w * t))); [| lra | rewrite Rmult_0_r, sinh_0; field; lra
      | now rewrite Rmult_0_r, cosh_0 |].
    + apply Rdiv_lt_0_compat; [|easy]. rewrite <- sinh_0. apply sinh_lt. apply Rmult_lt_0_compat; lra.
    + intro s. unfold sinh, cosh. split; auto_derive; try lra; [field; lra|]. replace (- lam) with (w * w). field. lra.
  - rewrite (sn_by (fun t => t) (fun _ => 1)); try lra. intro s. split; auto_derive; try easy. rewrite Hl. ring.
  - set (w := sqrt lam). assert (Hw : 0 < w) by (apply sqrt_lt_R0; lra). assert (E : w * w = lam) by (apply sqrt_sqrt; lra).
    assert (HP := PI_RGT_0).
    assert (B : w * T < PI).
    { apply Rnot_le_lt. intro N. assert (PI * PI <= w * T * (w * T)) by (apply Rmult_le_compat; lra).
      replace (w * T * (w * T)) with (w * w * (T * T)) in * by ring. rewrite E in *. lra. }
    rewrite (sn_by (fun t => sin (w * t) / w) (fun t => cos (w * t))); [| lra | rewrite Rmult_0_r, sin_0; field; lra
      | now rewrite Rmult_0_r, cos_0 |].
    + apply Rdiv_lt_0_compat; [|easy]. apply sin_gt_0; [apply Rmult_lt_0_compat; lra|].
      apply Rle_lt_trans with (w * T); [apply Rmult_le_compat_l; lra | easy].
    + intro s. split; auto_derive; try lra; [field; lra|]. rewrite <- E. field. lra.
Qed.
(* cs/sn decreases *)
Lemma cotangent T t : lam * (T * T) < PI * PI -> 0 < t <= T -> 0 <= sn T * cs t - cs T * sn t.
Proof.
  intros HT Ht. rewrite <- sn_difference by lra. destruct (Req_dec t T) as [->|Hne]; [rewrite Rminus_eq_0, sn_0; lra|].
  left. apply (sn_positive T); [easy | lra].
Qed.
End Oscillator.
Print Assumptions tail.
Print Assumptions oscillator.
Print Assumptions sn_positive.
