(* Jacobi's equation on a surface. Along a solution of Hamilton's equations for H = 1/2 (a p^2 + 2 b p r + c r^2), with the velocity
   (v, w) = A (p, r), D = det A and 2 H = p v + r w, let (X, Y, P, Q) solve the linearized equations.

   derive_along:  p X + r Y has a constant derivative.
   derive_across: beta = (v Y - w X)/sqrt D satisfies beta'' = -kappa 2H beta, if A^-1 has the constant curvature kappa.

   The functions of time a, a_x, ... are the entries of A and their derivatives along the solution. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Surface Entire.
Open Scope R_scope.

Ltac differentiable := repeat apply conj; try easy;
  try match goal with |- ex_derive (fun x => ?f x) ?s => match goal with H : is_derive f s ?l |- _ => exact (ex_intro _ l H) end end.
Ltac derivatives := repeat match goal with |- context [Derive (fun x => ?f x) ?s] => match goal with H : is_derive f s ?l |- _ =>
  replace (Derive (fun x => f x) s) with l by (symmetry; exact (is_derive_unique f s l H)) end end.
Ltac calculus := auto_derive; [differentiable | derivatives].

Lemma derive_over_sqrt (f g : R -> R) (t f' g' : R) : is_derive f t f' -> is_derive g t g' -> 0 < g t ->
  is_derive (fun t => f t / sqrt (g t)) t ((f' - f t * g' / (2 * g t)) / sqrt (g t)).
Proof.
  intros F G Hg. assert (Hs := sqrt_lt_R0 _ Hg). auto_derive.
  - repeat split; try (eexists; eassumption); [easy | lra].
  - derivatives. set (s := sqrt (g t)) in *. replace (g t) with (s * s) by (apply sqrt_sqrt; lra). field. lra.
Qed.

Section Jacobi.
Variables a b c a_x a_y b_x b_y c_x c_y p r X Y P Q : R -> R.
Variables a_xx a_xy a_yy b_xx b_xy b_yy c_xx c_xy c_yy : R -> R.
Variable kappa : R.
Definition v t := a t * p t + b t * r t.
Definition w t := b t * p t + c t * r t.
Definition h_x t := (a_x t * (p t * p t) + 2 * b_x t * (p t * r t) + c_x t * (r t * r t)) / 2.
Definition h_y t := (a_y t * (p t * p t) + 2 * b_y t * (p t * r t) + c_y t * (r t * r t)) / 2.
Definition h_xx t := (a_xx t * (p t * p t) + 2 * b_xx t * (p t * r t) + c_xx t * (r t * r t)) / 2.
Definition h_xy t := (a_xy t * (p t * p t) + 2 * b_xy t * (p t * r t) + c_xy t * (r t * r t)) / 2.
Definition h_yy t := (a_yy t * (p t * p t) + 2 * b_yy t * (p t * r t) + c_yy t * (r t * r t)) / 2.
Definition v_x t := a_x t * p t + b_x t * r t.
Definition v_y t := a_y t * p t + b_y t * r t.
Definition w_x t := b_x t * p t + c_x t * r t.
Definition w_y t := b_y t * p t + c_y t * r t.

Definition jet_a t := {| jv := a t; jx := a_x t; jy := a_y t; jxx := a_xx t; jxy := a_xy t; jyy := a_yy t |}.
Definition jet_b t := {| jv := b t; jx := b_x t; jy := b_y t; jxx := b_xx t; jxy := b_xy t; jyy := b_yy t |}.
Definition jet_c t := {| jv := c t; jx := c_x t; jy := c_y t; jxx := c_xx t; jxy := c_xy t; jyy := c_yy t |}.

(* what is known at a time t *)
Definition moves (f f_x f_y : R -> R) (t : R) : Prop := is_derive f t (f_x t * v t + f_y t * w t).
Record along_solution (t : R) : Prop := {
  Ha : moves a a_x a_y t; Ha_x : moves a_x a_xx a_xy t; Ha_y : moves a_y a_xy a_yy t;
  Hb : moves b b_x b_y t; Hb_x : moves b_x b_xx b_xy t; Hb_y : moves b_y b_xy b_yy t;
  Hc : moves c c_x c_y t; Hc_x : moves c_x c_xx c_xy t; Hc_y : moves c_y c_xy c_yy t;
  Hp : is_derive p t (- h_x t); Hr : is_derive r t (- h_y t) }.
Record linearized_solution (t : R) : Prop := {
  HX : is_derive X t (v_x t * X t + v_y t * Y t + a t * P t + b t * Q t);
  HY : is_derive Y t (w_x t * X t + w_y t * Y t + b t * P t + c t * Q t);
  HP : is_derive P t (- (h_xx t * X t + h_xy t * Y t + v_x t * P t + w_x t * Q t));
  HQ : is_derive Q t (- (h_xy t * X t + h_yy t * Y t + v_y t * P t + w_y t * Q t)) }.

Variable t : R.
Hypothesis solution : along_solution t.
Hypothesis linear : linearized_solution t.
Ltac expose :=
  destruct solution as [A A_x A_y B B_x B_y C C_x C_y E_p E_r]; try destruct linear as [E_X E_Y E_P E_Q]; unfold moves in *.

Definition v' t := (a_x t * v t + a_y t * w t) * p t + (b_x t * v t + b_y t * w t) * r t - a t * h_x t - b t * h_y t.
Definition w' t := (b_x t * v t + b_y t * w t) * p t + (c_x t * v t + c_y t * w t) * r t - b t * h_x t - c t * h_y t.
Lemma derive_v : is_derive v t (v' t).
Proof. expose. unfold v at 1. calculus. unfold v'. ring. Qed.
Lemma derive_w : is_derive w t (w' t).
Proof. expose. unfold w at 1. calculus. unfold w'. ring. Qed.

Definition speed2_ t := p t * v t + r t * w t.
Lemma derive_speed2 : is_derive speed2_ t 0.
Proof.
  assert (Dv := derive_v). assert (Dw := derive_w). expose. unfold speed2_. calculus. unfold v', w', v, w, h_x, h_y. field.
Qed.

Definition along t := p t * X t + r t * Y t.
Definition energy t := h_x t * X t + h_y t * Y t + v t * P t + w t * Q t.
Lemma derive_along : is_derive along t (energy t).
Proof. expose. unfold along. calculus. unfold energy, v_x, v_y, w_x, w_y, v, w, h_x, h_y. field. Qed.
Lemma derive_energy : is_derive energy t 0.
Proof.
  assert (Dv := derive_v). assert (Dw := derive_w). expose. unfold energy, h_x, h_y. calculus.
  unfold v', w', h_xx, h_xy, h_yy, v_x, v_y, w_x, w_y, v, w, h_x, h_y. field.
Qed.

Definition det t := a t * c t - b t * b t.
Definition det' t := (a_x t * c t + a t * c_x t - 2 * (b t * b_x t)) * v t + (a_y t * c t + a t * c_y t - 2 * (b t * b_y t)) * w t.
Lemma derive_det : is_derive det t (det' t).
Proof. expose. unfold det. calculus. unfold det', v, w. ring. Qed.

Definition cross t := v t * Y t - w t * X t.
Definition cross' t :=
  v' t * Y t - w' t * X t + v t * (w_x t * X t + w_y t * Y t + b t * P t + c t * Q t) - w t * (v_x t * X t + v_y t * Y t + a t * P t + b t * Q t).
Lemma derive_cross : is_derive cross t (cross' t).
Proof. assert (Dv := derive_v). assert (Dw := derive_w). expose. unfold cross. calculus. unfold cross'. ring. Qed.

(* The second derivatives, in one identity: with cross'' and det'' for theirs,
   4 D^2 cross'' - 2 D (2 cross' det' + cross det'') + 3 cross det'^2 = -(4 D^2 kappa) 2H cross. *)
Lemma second_derivatives : exists cross'' det'', is_derive cross' t cross'' /\ is_derive det' t det'' /\
  4 * (det t * det t) * cross'' - 2 * det t * (2 * (cross' t * det' t) + cross t * det'') + 3 * (cross t * (det' t * det' t))
  = - gauss (jet_a t) (jet_b t) (jet_c t) * (speed2_ t * cross t).
Proof.
  expose.
  assert (Dv := derive_v). assert (Dw := derive_w).
  eassert (Dhx : is_derive h_x t _) by (unfold h_x; calculus; reflexivity).
  eassert (Dhy : is_derive h_y t _) by (unfold h_y; calculus; reflexivity).
  eassert (Dv' : is_derive v' t _) by (unfold v'; calculus; reflexivity).
  eassert (Dw' : is_derive w' t _) by (unfold w'; calculus; reflexivity).
  eassert (Dvx : is_derive v_x t _) by (unfold v_x; calculus; reflexivity).
  eassert (Dvy : is_derive v_y t _) by (unfold v_y; calculus; reflexivity).
  eassert (Dwx : is_derive w_x t _) by (unfold w_x; calculus; reflexivity).
  eassert (Dwy : is_derive w_y t _) by (unfold w_y; calculus; reflexivity).
  do 2 eexists. split; [|split].
  - unfold cross'. calculus. reflexivity.
  - unfold det'. calculus. reflexivity.
  - unfold gauss, det2, jet_a, jet_b, jet_c; cbn [jv jx jy jxx jxy jyy].
    unfold speed2_, cross', cross, v', w', det', det, h_xx, h_xy, h_yy, v_x, v_y, w_x, w_y, v, w, h_x, h_y.
    field.
Qed.

Hypothesis positive : 0 < det t.
Hypothesis curvature : has_curvature (jet_a t) (jet_b t) (jet_c t) kappa.
Definition beta t := cross t / sqrt (det t).
Definition gamma t := (cross' t - cross t * det' t / (2 * det t)) / sqrt (det t).
Theorem derive_across : is_derive beta t (gamma t) /\ is_derive gamma t (- (kappa * speed2_ t) * beta t).
Proof.
  assert (C := derive_cross). assert (D := derive_det). destruct second_derivatives as (C'' & D'' & HC & HD & E).
  split; [now apply derive_over_sqrt|].
  assert (G : is_derive (fun t => cross' t - cross t * det' t / (2 * det t)) t
    (C'' - (cross' t * det' t + cross t * D'') / (2 * det t) + cross t * (det' t * det' t) / (2 * (det t * det t)))).
  { calculus; [lra|]. field. lra. }
  apply is_derive_eq with (1 := derive_over_sqrt _ _ _ _ _ G D positive). unfold beta.
  assert (Hs := sqrt_lt_R0 _ positive). set (s := sqrt (det t)) in *.
  replace C'' with ((- gauss (jet_a t) (jet_b t) (jet_c t) * (speed2_ t * cross t)
    + 2 * det t * (2 * (cross' t * det' t) + cross t * D'') - 3 * (cross t * (det' t * det' t))) / (4 * (det t * det t)))
    by (rewrite <- E; field; lra).
  rewrite curvature. change (jv (det2 (jet_a t) (jet_b t) (jet_c t))) with (det t). field. lra.
Qed.
End Jacobi.
Print Assumptions derive_across.
