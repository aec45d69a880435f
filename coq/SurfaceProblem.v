(* The first focal time of H = 1/2 (a p^2 + 2 b p r + c r^2) over a domain, where A = (a b; b c) is the inverse of a metric of
   constant curvature: what SurfaceFlow.v proves about one characteristic, for those that SurfaceSearch.v finds.

   u0 is given by a term near the points at hand: it may have a kink elsewhere. *)
From Coq Require Import Reals Lra ZArith List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Model Expr Cover Flat Search2 Surface SurfaceSearch Kinetic SurfaceFlow.
Open Scope R_scope.

Lemma below_pi y : Rabs y <= 9 -> y < PI * PI.
Proof. intro H. assert (P := PI2_3_2). assert (K := Rle_abs y). nra. Qed.

Section Problem.
Variables (a b c u0 : R -> R -> R) (ea eb ec eu : expr) (kappa : ratio).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
Hypothesis curvature : forall x y, regular ea eb ec x y ->
  has_curvature (jet2_of ea x y) (jet2_of eb x y) (jet2_of ec x y) (ratioR kappa).
Variables (pr : positive) (deg fuel : nat) (B : box).
Hypothesis metric_found : cover (metric_leaf pr deg ea eb ec) fuel B = true.
Hypothesis Hu : forall x y, within B 0 (env2 x y) -> locally_2d (fun x y => u0 x y = ev eu (env2 x y)) x y.

Notation chart := (regular ea eb ec).
Notation columns x0 y0 T := (characteristic (kinetic a b c) u0 chart x0 y0 T).

Lemma in_chart x0 y0 : within B 0 (env2 x0 y0) -> chart x0 y0.
Proof. now apply (metric_covered pr deg ea eb ec fuel B). Qed.

Theorem surface_domain T : 0 < ratioR T -> cover (surface_leaf pr deg ea eb ec eu kappa T) fuel B = true ->
  forall x0 y0, within B 0 (env2 x0 y0) ->
  forall x y p r X1 Y1 P1 R1 X2 Y2 P2 R2, columns x0 y0 (ratioR T) x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 ->
  forall t, 0 <= t <= ratioR T -> 0 < X1 t * Y2 t - X2 t * Y1 t.
Proof.
  intros HT C x0 y0 H. destruct (surface_covered pr deg ea eb ec eu kappa T fuel B C x0 y0 H) as [[D S] E].
  apply (surface_lower a b c u0 ea eb ec eu (ratioR kappa) Ha Hb Hc curvature x0 y0 (ratioR T) HT);
    [now apply in_chart | apply has_jet_near; [exact D | now apply Hu] | now apply below_pi | exact E].
Qed.
Theorem surface_point T px py : 0 < ratioR T -> within B 0 (env2 (ratioR px) (ratioR py)) ->
  surface_negative pr deg ea eb ec eu kappa T px py = true ->
  forall x y p r X1 Y1 P1 R1 X2 Y2 P2 R2,
  columns (ratioR px) (ratioR py) (ratioR T) x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 ->
  exists t, 0 < t <= ratioR T /\ X1 t * Y2 t - X2 t * Y1 t = 0.
Proof.
  intros HT H C. destruct (surface_witness pr deg ea eb ec eu kappa T px py C) as [[D S] [v [w E]]].
  eapply (surface_upper a b c u0 ea eb ec eu (ratioR kappa) Ha Hb Hc curvature _ _ (ratioR T) HT);
    [now apply in_chart | apply has_jet_near; [exact D | now apply Hu] | now apply below_pi | exact E].
Qed.
End Problem.
Print Assumptions surface_domain.
Print Assumptions surface_point.
