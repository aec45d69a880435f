(* Focal times on a surface of constant curvature. H = 1/2 (a p^2 + 2 b p r + c r^2), where A = (a b; b c) is given by expressions
   and is the inverse of a metric of curvature kappa. For every characteristic from (x0, y0) over [0, T] in the chart, with the
   columns (X1, Y1), (X2, Y2) of the derivative of the flow by its start, and with the matrix E(T) of Surface.v at (x0, y0):

   surface_lower: det = X1 Y2 - X2 Y1 is positive on [0, T], if kappa s2 T^2 < pi^2 and E(T) is positive definite;
   surface_upper: it vanishes at some t in (0, T], if E(T) has a negative direction. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Expr Flat Search2 Flat2 Surface Entire Jacobi Focal Kinetic.
Open Scope R_scope.

Section Surface.
Variables (a b c u0 : R -> R -> R) (ea eb ec eu : expr) (kappa : R).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
Notation chart := (regular ea eb ec).
Notation J f x y := (f (jet2_of ea x y) (jet2_of eb x y) (jet2_of ec x y)).
Hypothesis curvature : forall x y, chart x y -> J has_curvature x y kappa.

(* Hamilton's equations and their linearization in the words of Jacobi.v *)
Section Path.
Variables (T : R) (x y p r : R -> R).
Hypothesis path : hamilton (kinetic a b c) chart T x y p r.
Let at_ (f : (nat -> R) -> R) (t : R) : R := f (env2 (x t) (y t)).

Lemma velocity t : 0 <= t <= T ->
  is_derive x t (v (at_ (ev ea)) (at_ (ev eb)) p r t) /\ is_derive y t (w (at_ (ev eb)) (at_ (ev ec)) p r t).
Proof.
  intro Ht. destruct (path t Ht) as (_ & Ex & Ey & _).
  rewrite (kinetic_p a b c ea eb ec Ha Hb Hc) in Ex. rewrite (kinetic_r a b c ea eb ec Ha Hb Hc) in Ey. split; assumption.
Qed.
Lemma path_solution t : 0 <= t <= T ->
  along_solution (at_ (ev ea)) (at_ (ev eb)) (at_ (ev ec))
    (at_ (gr ea 0)) (at_ (gr ea 1)) (at_ (gr eb 0)) (at_ (gr eb 1)) (at_ (gr ec 0)) (at_ (gr ec 1)) p r
    (at_ (he ea 0 0)) (at_ (he ea 1 0)) (at_ (he ea 1 1)) (at_ (he eb 0 0)) (at_ (he eb 1 0)) (at_ (he eb 1 1))
    (at_ (he ec 0 0)) (at_ (he ec 1 0)) (at_ (he ec 1 1)) t.
Proof.
  intro Ht. destruct (velocity t Ht) as [Vx Vy]. destruct (path t Ht) as ((OK & _) & _ & _ & Ep & Er).
  rewrite (kinetic_x a b c ea eb ec Ha Hb Hc _ _ _ _ OK) in Ep. rewrite (kinetic_y a b c ea eb ec Ha Hb Hc _ _ _ _ OK) in Er.
  destruct OK as (A & B & C).
  split; try assumption; unfold moves, at_; try (now apply (value_along _ x y)); try (now apply (gradient_along _ _ x y));
    rewrite <- (he_sym _ 0 1); now apply (gradient_along _ _ x y).
Qed.
Lemma path_linear X Y P R t : linearized (kinetic a b c) T x y p r X Y P R -> 0 <= t <= T ->
  linearized_solution (at_ (ev ea)) (at_ (ev eb)) (at_ (ev ec))
    (at_ (gr ea 0)) (at_ (gr ea 1)) (at_ (gr eb 0)) (at_ (gr eb 1)) (at_ (gr ec 0)) (at_ (gr ec 1)) p r X Y P R
    (at_ (he ea 0 0)) (at_ (he ea 1 0)) (at_ (he ea 1 1)) (at_ (he eb 0 0)) (at_ (he eb 1 0)) (at_ (he eb 1 1))
    (at_ (he ec 0 0)) (at_ (he ec 1 0)) (at_ (he ec 1 1)) t.
Proof.
  intros L Ht. destruct (path t Ht) as ((OK & _) & _). destruct (L t Ht) as (EX & EY & EP & ER).
  destruct (kinetic_pp a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t)) as (F1 & F2 & F3 & F4).
  destruct (kinetic_xp a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F5 & F6 & F7 & F8).
  destruct (kinetic_px a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F9 & F10 & F11 & F12).
  destruct (kinetic_xx a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F13 & F14 & F15 & F16).
  rewrite F1, F2, F5, F6 in EX. rewrite F3, F4, F7, F8 in EY. rewrite F9, F10, F13, F14 in EP. rewrite F11, F12, F15, F16 in ER.
  unfold quadratic in EP, ER. rewrite (he_sym ea 0 1), (he_sym eb 0 1), (he_sym ec 0 1) in EP. split; assumption.
Qed.
End Path.

Section Point.
Variables (x0 y0 T : R).
Hypothesis T_positive : 0 < T.
Hypothesis start_in_chart : chart x0 y0.
Hypothesis jet_of_u0 : has_jet u0 eu x0 y0.
Let k := angle2 kappa T (jet2_of ea x0 y0) (jet2_of eb x0 y0) (jet2_of ec x0 y0) (jet2_of eu x0 y0).
Let E11 t := focal11 kappa t (jet2_of ea x0 y0) (jet2_of eb x0 y0) (jet2_of ec x0 y0) (jet2_of eu x0 y0).
Let E12 t := focal12 kappa t (jet2_of ea x0 y0) (jet2_of eb x0 y0) (jet2_of ec x0 y0) (jet2_of eu x0 y0).
Let E22 t := focal22 kappa t (jet2_of ea x0 y0) (jet2_of eb x0 y0) (jet2_of ec x0 y0) (jet2_of eu x0 y0).
Hypothesis before_conjugate : k < PI * PI.
Let s2 := speed2 (jet2_of ea x0 y0) (jet2_of eb x0 y0) (jet2_of ec x0 y0) (jet2_of eu x0 y0).

Lemma metric_at x y : chart x y -> posdef (jv (jet2_of ea x y)) (jv (jet2_of eb x y)) (jv (jet2_of ec x y)).
Proof. intros [_ M]. exact M. Qed.

(* det S is det E up to positive factors *)
Lemma determinant_sign x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 t :
  characteristic (kinetic a b c) u0 chart x0 y0 T x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 -> 0 <= t <= T ->
  exists f g, 0 < f /\ 0 < g /\
    (X1 t * Y2 t - X2 t * Y1 t) * Sine (kappa * s2 * (t * t)) * f = g * (E11 t * E22 t - E12 t * E12 t).
Proof.
  intros (path & L1 & L2 & (Ix & Iy & Ip & Ir) & I1 & I2) Ht.
  destruct jet_of_u0 as (U1 & U2 & U3 & U4 & U5 & U6). rewrite U1 in Ip. rewrite U2 in Ir. rewrite U3, U4 in I1. rewrite U5, U6 in I2.
  assert (M : forall t, 0 <= t <= T -> chart (x t) (y t)) by (intros s Hs; now apply path).
  assert (F := focal_formula _ _ _ _ _ _ _ _ _ p r _ _ _ _ _ _ _ _ _ X1 Y1 P1 R1 X2 Y2 P2 R2 kappa T _ _ _
    (path_solution T x y p r path) (fun t => path_linear T x y p r path X1 Y1 P1 R1 t L1)
    (fun t => path_linear T x y p r path X2 Y2 P2 R2 t L2) (fun t Ht => metric_at _ _ (M t Ht)) (fun t Ht => curvature _ _ (M t Ht)) I1 I2 t Ht).
  set (d := det _ _ _) in F. cbv beta in F.
  assert (Pd : forall s, 0 <= s <= T -> 0 < d s) by (intros s Hs; apply (metric_at _ _ (M s Hs))).
  exists (d 0 * sqrt (d 0)), (sqrt (d t)).
  assert (P0 := Pd 0 ltac:(lra)). assert (S0 := sqrt_lt_R0 _ P0). assert (St := sqrt_lt_R0 _ (Pd t Ht)).
  split; [now apply Rmult_lt_0_compat|]. split; [easy|].
  match type of F with context [speed2_ ?f1 ?f2 ?f3 p r 0] => assert (E : speed2_ f1 f2 f3 p r 0 = s2) end.
  { unfold speed2_, v, w, s2, speed2, vel1, vel2. cbv beta. rewrite Ix, Iy, Ip, Ir. cbn [jv jx jy jet2_of]. ring. }
  rewrite E in F. unfold detQ, jet_u, jet_a, jet_b, jet_c in F. rewrite Ix, Iy, Ip, Ir in F. exact F.
Qed.

Lemma sine_positive t : 0 < t <= T -> 0 < Sine (kappa * s2 * (t * t)).
Proof.
  intro Ht. apply factor_pos' with t; [|lra]. change (0 < sn (kappa * s2) t). apply (sn_positive _ T); [exact before_conjugate | easy].
Qed.

Theorem surface_lower : posdef (E11 T) (E12 T) (E22 T) ->
  forall x y p r X1 Y1 P1 R1 X2 Y2 P2 R2,
  characteristic (kinetic a b c) u0 chart x0 y0 T x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 ->
  forall t, 0 <= t <= T -> 0 < X1 t * Y2 t - X2 t * Y1 t.
Proof.
  intros HE x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 H t Ht. destruct (Req_dec t 0) as [->|Hne].
  - destruct H as (_ & _ & _ & _ & (-> & -> & _) & -> & -> & _). lra.
  - destruct (determinant_sign _ _ _ _ _ _ _ _ _ _ _ _ t H Ht) as (f & g & Hf & Hg & F).
    assert (S := sine_positive t ltac:(lra)).
    destruct (definite_before kappa _ _ _ _ (metric_at _ _ start_in_chart) T t before_conjugate HE ltac:(lra)) as [_ D].
    fold (E11 t) (E12 t) (E22 t) in D.
    apply factor_pos' with (Sine (kappa * s2 * (t * t)) * f); [|now apply Rmult_lt_0_compat].
    replace (_ * _) with ((X1 t * Y2 t - X2 t * Y1 t) * Sine (kappa * s2 * (t * t)) * f) by ring. rewrite F. now apply Rmult_lt_0_compat.
Qed.
Theorem surface_upper z1 z2 : E11 T * (z1 * z1) + 2 * E12 T * (z1 * z2) + E22 T * (z2 * z2) < 0 ->
  forall x y p r X1 Y1 P1 R1 X2 Y2 P2 R2,
  characteristic (kinetic a b c) u0 chart x0 y0 T x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 ->
  exists t, 0 < t <= T /\ X1 t * Y2 t - X2 t * Y1 t = 0.
Proof.
  intros HE x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 H.
  destruct (root_before kappa _ _ _ _ (metric_at _ _ start_in_chart) T z1 z2 T_positive HE) as [t [Ht D]].
  exists t. split; [easy|]. destruct (determinant_sign _ _ _ _ _ _ _ _ _ _ _ _ t H ltac:(lra)) as (f & g & Hf & Hg & F).
  fold (E11 t) (E12 t) (E22 t) in D. rewrite D, Rmult_0_r in F. assert (S := sine_positive t Ht).
  apply Rmult_integral in F. destruct F as [F|F]; [|lra]. apply Rmult_integral in F. destruct F as [F|F]; [exact F | lra].
Qed.
End Point.
End Surface.
Print Assumptions surface_lower.
Print Assumptions surface_upper.
