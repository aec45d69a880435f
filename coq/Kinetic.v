(* H = 1/2 (a p^2 + 2 b p r + c r^2) where a, b, c are given by expressions in (x, y): its first and second partial derivatives
   are the formulas of Expr.v, which also give the derivatives along curves (along_value, along_gradient).
   has_jet_near: so are those of a function that an expression gives near a point. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Expr Flat Surface Jacobi.
Open Scope R_scope.

(* ---- Expressions along a curve ---- *)

Section Curve.
Variables (q : R -> nat -> R) (W : nat -> R) (t : R).
Hypothesis Hq : forall k, is_derive (fun s => q s k) t (W k).
Hypothesis HW : forall k, W (S (S k)) = 0.

Lemma along_value e : defined e (q t) -> is_derive (fun s => ev e (q s)) t (gr e 0 (q t) * W 0%nat + gr e 1 (q t) * W 1%nat).
Proof.
  induction e; simpl; intro D; repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : defined _ _ -> _, H : defined _ _ |- _ => specialize (IH H) end.
  - apply is_derive_eq with (1 := Hq i). destruct i as [|[|i]]; simpl; rewrite ?HW; ring.
  - apply is_derive_eq with 0; [apply constant | ring].
  - apply is_derive_eq with (1 := is_derive_opp _ _ _ IHe). unfold opp; simpl. ring.
  - apply is_derive_eq with (1 := is_derive_plus _ _ _ _ _ IHe1 IHe2). unfold plus; simpl. ring.
  - apply is_derive_eq with (1 := is_derive_minus _ _ _ _ _ IHe1 IHe2). unfold minus, plus, opp; simpl. ring.
  - apply is_derive_eq with (1 := product _ _ _ _ _ IHe1 IHe2). ring.
  - apply is_derive_eq with (1 := product _ _ _ _ _ IHe1 (inverse _ _ _ IHe2 H1)). field. easy.
  - apply is_derive_eq with (1 := chain (fun x => x ^ n) _ (fun s => ev e (q s)) _ _ (is_derive_power n _) IHe). ring.
  - apply is_derive_eq with (1 := chain exp _ (fun s => ev e (q s)) _ _ (is_derive_exp _) IHe). ring.
  - apply is_derive_eq with (1 := chain sin _ (fun s => ev e (q s)) _ _ (is_derive_sin _) IHe). ring.
  - apply is_derive_eq with (1 := chain cos _ (fun s => ev e (q s)) _ _ (is_derive_cos _) IHe). ring.
  - apply is_derive_eq with (1 := chain tanh _ (fun s => ev e (q s)) _ _ (is_derive_tanh _) IHe). ring.
Qed.
Lemma along_gradient e i : defined e (q t) ->
  is_derive (fun s => gr e i (q s)) t (he e i 0 (q t) * W 0%nat + he e i 1 (q t) * W 1%nat).
Proof.
  induction e; intro D; pose proof (fun e D => along_value e D) as G; simpl in D;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : defined _ _ -> is_derive _ _ _, H : defined _ _ |- _ => specialize (IH H) end.
  - cbn [gr he]. apply is_derive_eq with 0; [apply constant | ring].
  - cbn [gr he]. apply is_derive_eq with 0; [apply constant | ring].
  - cbn [gr he]. apply is_derive_eq with (1 := is_derive_opp _ _ _ IHe). unfold opp; simpl. ring.
  - cbn [gr he]. apply is_derive_eq with (1 := is_derive_plus _ _ _ _ _ IHe1 IHe2). unfold plus; simpl. ring.
  - cbn [gr he]. apply is_derive_eq with (1 := is_derive_minus _ _ _ _ _ IHe1 IHe2). unfold minus, plus, opp; simpl. ring.
  - assert (K := is_derive_plus _ _ _ _ _ (product _ _ _ _ _ (G e1 H) IHe2) (product _ _ _ _ _ (G e2 H0) IHe1)).
    cbn [gr he]. apply is_derive_eq with (1 := K). unfold plus; simpl. ring.
  - assert (GD := G (Div e1 e2) (conj H (conj H0 H1))).
    assert (K := product _ _ _ _ _ GD IHe2).
    assert (K1 := is_derive_minus _ _ _ _ _ IHe1 K).
    assert (K2 := inverse _ _ _ (G e2 H0) H1).
    cbn [gr he]. apply is_derive_eq with (1 := product _ _ _ _ _ K1 K2). simpl. unfold minus, plus, opp; simpl. field. easy.
  - assert (K := chain _ _ _ _ _ (d1_derive (Pow e n) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Exp e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Sin e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Cos e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Tanh e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. ring.
Qed.
End Curve.

(* ---- Partial derivatives ---- *)

Lemma curve_in_plane (x y : R -> R) (t x' y' : R) : is_derive x t x' -> is_derive y t y' ->
  forall k, is_derive (fun s => env2 (x s) (y s) k) t (env2 x' y' k).
Proof. intros Hx Hy [|[|k]]; cbn [env2]; [exact Hx | exact Hy | apply constant]. Qed.
Lemma value_along e (x y : R -> R) t x' y' : is_derive x t x' -> is_derive y t y' -> defined e (env2 (x t) (y t)) ->
  is_derive (fun s => ev e (env2 (x s) (y s))) t (gr e 0 (env2 (x t) (y t)) * x' + gr e 1 (env2 (x t) (y t)) * y').
Proof. intros Hx Hy D. now apply (along_value (fun s => env2 (x s) (y s)) (env2 x' y')); [apply curve_in_plane | |]. Qed.
Lemma gradient_along e i (x y : R -> R) t x' y' : is_derive x t x' -> is_derive y t y' -> defined e (env2 (x t) (y t)) ->
  is_derive (fun s => gr e i (env2 (x s) (y s))) t (he e i 0 (env2 (x t) (y t)) * x' + he e i 1 (env2 (x t) (y t)) * y').
Proof. intros Hx Hy D. now apply (along_gradient (fun s => env2 (x s) (y s)) (env2 x' y')); [apply curve_in_plane | |]. Qed.

Section Partial.
Variables (e : expr) (x y : R).
Hypothesis D : defined e (env2 x y).
Lemma value_x : is_derive (fun s => ev e (env2 s y)) x (gr e 0 (env2 x y)).
Proof.
  apply is_derive_eq with (1 := value_along e (fun s => s) (fun _ => y) x 1 0 (is_derive_id x) (constant y x) D). ring.
Qed.
Lemma value_y : is_derive (fun s => ev e (env2 x s)) y (gr e 1 (env2 x y)).
Proof.
  apply is_derive_eq with (1 := value_along e (fun _ => x) (fun s => s) y 0 1 (constant x y) (is_derive_id y) D). ring.
Qed.
Lemma gradient_x i : is_derive (fun s => gr e i (env2 s y)) x (he e i 0 (env2 x y)).
Proof.
  apply is_derive_eq with (1 := gradient_along e i (fun s => s) (fun _ => y) x 1 0 (is_derive_id x) (constant y x) D). ring.
Qed.
Lemma gradient_y i : is_derive (fun s => gr e i (env2 x s)) y (he e i 1 (env2 x y)).
Proof.
  apply is_derive_eq with (1 := gradient_along e i (fun _ => x) (fun s => s) y 0 1 (constant x y) (is_derive_id y) D). ring.
Qed.
Lemma near_x : locally x (fun s => defined e (env2 s y)).
Proof. assert (N := defined_near e (env2 x y) 0 D). revert N. apply filter_imp. intro s. now rewrite upd_env2_0. Qed.
Lemma near_y : locally y (fun s => defined e (env2 x s)).
Proof. assert (N := defined_near e (env2 x y) 1 D). revert N. apply filter_imp. intro s. now rewrite upd_env2_1. Qed.
End Partial.

(* ---- A function that an expression gives near a point ---- *)

Definition has_jet (u : R -> R -> R) (e : expr) (x y : R) : Prop :=
  let J := jet2_of e x y in dx u x y = jx J /\ dy u x y = jy J /\
  dx (dx u) x y = jxx J /\ dx (dy u) x y = jxy J /\ dy (dx u) x y = jxy J /\ dy (dy u) x y = jyy J.
Section Near.
Variables (u : R -> R -> R) (e : expr).
Definition given (x y : R) : Prop := locally_2d (fun x y => u x y = ev e (env2 x y)) x y.

Lemma given_near x y : given x y -> locally_2d given x y.
Proof. intro H. apply locally_2d_impl_strong with (2 := H). now apply locally_2d_forall. Qed.
Lemma partials_near x y : defined e (env2 x y) -> given x y -> dx u x y = gr e 0 (env2 x y) /\ dy u x y = gr e 1 (env2 x y).
Proof.
  intros D H. split; apply is_derive_unique.
  - apply is_derive_ext_loc with (fun s => ev e (env2 s y)); [|now apply value_x].
    assert (K := locally_2d_1d_const_y _ _ _ H). revert K. apply filter_imp. easy.
  - apply is_derive_ext_loc with (fun s => ev e (env2 x s)); [|now apply value_y].
    assert (K := locally_2d_1d_const_x _ _ _ H). revert K. apply filter_imp. easy.
Qed.
Theorem has_jet_near x y : defined e (env2 x y) -> given x y -> has_jet u e x y.
Proof.
  intros D H. assert (N := given_near x y H). destruct (partials_near x y D H) as [P1 P2].
  assert (Kx : locally x (fun s => dx u s y = gr e 0 (env2 s y) /\ dy u s y = gr e 1 (env2 s y))).
  { assert (K := filter_and _ _ (near_x e x y D) (locally_2d_1d_const_y _ _ _ N)). revert K. apply filter_imp.
    intros s [Ds Gs]. now apply partials_near. }
  assert (Ky : locally y (fun s => dx u x s = gr e 0 (env2 x s) /\ dy u x s = gr e 1 (env2 x s))).
  { assert (K := filter_and _ _ (near_y e x y D) (locally_2d_1d_const_x _ _ _ N)). revert K. apply filter_imp.
    intros s [Ds Gs]. now apply partials_near. }
  unfold has_jet, jet2_of. cbn [jx jy jxx jxy jyy]. repeat split; try assumption; apply is_derive_unique.
  - apply is_derive_ext_loc with (fun s => gr e 0 (env2 s y)); [|now apply gradient_x].
    revert Kx. apply filter_imp. intros s [E _]. now symmetry.
  - apply is_derive_ext_loc with (fun s => gr e 1 (env2 s y)); [|now apply gradient_x].
    revert Kx. apply filter_imp. intros s [_ E]. now symmetry.
  - rewrite he_sym. apply is_derive_ext_loc with (fun s => gr e 0 (env2 x s)); [|now apply gradient_y].
    revert Ky. apply filter_imp. intros s [E _]. now symmetry.
  - apply is_derive_ext_loc with (fun s => gr e 1 (env2 x s)); [|now apply gradient_y].
    revert Ky. apply filter_imp. intros s [_ E]. now symmetry.
Qed.
End Near.

(* ---- The derivatives of H ---- *)

Section Kinetic.
Variables (a b c : R -> R -> R) (ea eb ec : expr).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
Let H := kinetic a b c.
Definition quadratic (f : expr -> R) (p r : R) : R := (f ea * (p * p) + 2 * f eb * (p * r) + f ec * (r * r)) / 2.
Definition linear_p (f : expr -> R) (p r : R) : R := f ea * p + f eb * r.
Definition linear_r (f : expr -> R) (p r : R) : R := f eb * p + f ec * r.
Definition ok (x y : R) : Prop := defined ea (env2 x y) /\ defined eb (env2 x y) /\ defined ec (env2 x y).

Lemma kinetic_ev x y p r : H x y p r = quadratic (fun e => ev e (env2 x y)) p r.
Proof. unfold H, kinetic, quadratic. rewrite Ha, Hb, Hc. field. Qed.

(* derivatives in p and r *)
Lemma quadratic_p f p r : is_derive (fun p => quadratic f p r) p (linear_p f p r).
Proof. unfold quadratic, linear_p. auto_derive; [easy | field]. Qed.
Lemma quadratic_r f p r : is_derive (fun r => quadratic f p r) r (linear_r f p r).
Proof. unfold quadratic, linear_r. auto_derive; [easy | field]. Qed.
(* derivatives in x or y, of coefficients that depend on it *)
Lemma combination_derive (F : expr -> R -> R) (dF : expr -> R) (z : R) : is_derive (F ea) z (dF ea) -> is_derive (F eb) z (dF eb) ->
  is_derive (F ec) z (dF ec) -> forall p r,
  is_derive (fun s => quadratic (fun e => F e s) p r) z (quadratic dF p r) /\
  is_derive (fun s => linear_p (fun e => F e s) p r) z (linear_p dF p r) /\
  is_derive (fun s => linear_r (fun e => F e s) p r) z (linear_r dF p r).
Proof.
  unfold quadratic, linear_p, linear_r. generalize (F ea) (F eb) (F ec) (dF ea) (dF eb) (dF ec).
  intros fa fb fc a' b' c' A B C p r. split; [|split]; calculus; field.
Qed.

Lemma kinetic_p x y p r : Dp H x y p r = linear_p (fun e => ev e (env2 x y)) p r.
Proof.
  apply is_derive_unique. apply is_derive_ext with (fun p => quadratic (fun e => ev e (env2 x y)) p r); [|apply quadratic_p].
  intro. now rewrite kinetic_ev.
Qed.
Lemma kinetic_r x y p r : Dr H x y p r = linear_r (fun e => ev e (env2 x y)) p r.
Proof.
  apply is_derive_unique. apply is_derive_ext with (fun r => quadratic (fun e => ev e (env2 x y)) p r); [|apply quadratic_r].
  intro. now rewrite kinetic_ev.
Qed.
Lemma value_derive_x x y : ok x y -> forall p r,
  is_derive (fun s => quadratic (fun e => ev e (env2 s y)) p r) x (quadratic (fun e => gr e 0 (env2 x y)) p r) /\
  is_derive (fun s => linear_p (fun e => ev e (env2 s y)) p r) x (linear_p (fun e => gr e 0 (env2 x y)) p r) /\
  is_derive (fun s => linear_r (fun e => ev e (env2 s y)) p r) x (linear_r (fun e => gr e 0 (env2 x y)) p r).
Proof. intros (A & B & C). now apply (combination_derive (fun e s => ev e (env2 s y))); apply value_x. Qed.
Lemma value_derive_y x y : ok x y -> forall p r,
  is_derive (fun s => quadratic (fun e => ev e (env2 x s)) p r) y (quadratic (fun e => gr e 1 (env2 x y)) p r) /\
  is_derive (fun s => linear_p (fun e => ev e (env2 x s)) p r) y (linear_p (fun e => gr e 1 (env2 x y)) p r) /\
  is_derive (fun s => linear_r (fun e => ev e (env2 x s)) p r) y (linear_r (fun e => gr e 1 (env2 x y)) p r).
Proof. intros (A & B & C). now apply (combination_derive (fun e s => ev e (env2 x s))); apply value_y. Qed.
Lemma kinetic_x x y p r : ok x y -> Dx H x y p r = quadratic (fun e => gr e 0 (env2 x y)) p r.
Proof.
  intro K. apply is_derive_unique. apply is_derive_ext with (fun s => quadratic (fun e => ev e (env2 s y)) p r);
    [intro; now rewrite kinetic_ev | now apply value_derive_x].
Qed.
Lemma kinetic_y x y p r : ok x y -> Dy H x y p r = quadratic (fun e => gr e 1 (env2 x y)) p r.
Proof.
  intro K. apply is_derive_unique. apply is_derive_ext with (fun s => quadratic (fun e => ev e (env2 x s)) p r);
    [intro; now rewrite kinetic_ev | now apply value_derive_y].
Qed.
Lemma ok_near x y : ok x y -> locally x (fun s => ok s y) /\ locally y (fun s => ok x s).
Proof. intros (A & B & C). split; repeat apply filter_and; now apply near_x || now apply near_y. Qed.

(* the second derivatives *)
Lemma kinetic_pp x y p r : Dp (Dp H) x y p r = ev ea (env2 x y) /\ Dr (Dp H) x y p r = ev eb (env2 x y) /\
  Dp (Dr H) x y p r = ev eb (env2 x y) /\ Dr (Dr H) x y p r = ev ec (env2 x y).
Proof.
  repeat split; apply is_derive_unique.
  - apply is_derive_ext with (fun s => linear_p (fun e => ev e (env2 x y)) s r); [intro; now rewrite kinetic_p | unfold linear_p; auto_derive; [easy | ring]].
  - apply is_derive_ext with (fun s => linear_p (fun e => ev e (env2 x y)) p s); [intro; now rewrite kinetic_p | unfold linear_p; auto_derive; [easy | ring]].
  - apply is_derive_ext with (fun s => linear_r (fun e => ev e (env2 x y)) s r); [intro; now rewrite kinetic_r | unfold linear_r; auto_derive; [easy | ring]].
  - apply is_derive_ext with (fun s => linear_r (fun e => ev e (env2 x y)) p s); [intro; now rewrite kinetic_r | unfold linear_r; auto_derive; [easy | ring]].
Qed.
Lemma kinetic_xp x y p r : ok x y ->
  Dx (Dp H) x y p r = linear_p (fun e => gr e 0 (env2 x y)) p r /\ Dy (Dp H) x y p r = linear_p (fun e => gr e 1 (env2 x y)) p r /\
  Dx (Dr H) x y p r = linear_r (fun e => gr e 0 (env2 x y)) p r /\ Dy (Dr H) x y p r = linear_r (fun e => gr e 1 (env2 x y)) p r.
Proof.
  intro K. repeat split; apply is_derive_unique.
  - apply is_derive_ext with (fun s => linear_p (fun e => ev e (env2 s y)) p r); [intro; now rewrite kinetic_p | now apply value_derive_x].
  - apply is_derive_ext with (fun s => linear_p (fun e => ev e (env2 x s)) p r); [intro; now rewrite kinetic_p | now apply value_derive_y].
  - apply is_derive_ext with (fun s => linear_r (fun e => ev e (env2 s y)) p r); [intro; now rewrite kinetic_r | now apply value_derive_x].
  - apply is_derive_ext with (fun s => linear_r (fun e => ev e (env2 x s)) p r); [intro; now rewrite kinetic_r | now apply value_derive_y].
Qed.
Lemma kinetic_px x y p r : ok x y ->
  Dp (Dx H) x y p r = linear_p (fun e => gr e 0 (env2 x y)) p r /\ Dr (Dx H) x y p r = linear_r (fun e => gr e 0 (env2 x y)) p r /\
  Dp (Dy H) x y p r = linear_p (fun e => gr e 1 (env2 x y)) p r /\ Dr (Dy H) x y p r = linear_r (fun e => gr e 1 (env2 x y)) p r.
Proof.
  intro K. repeat split; apply is_derive_unique.
  - apply is_derive_ext with (fun s => quadratic (fun e => gr e 0 (env2 x y)) s r); [intro; now rewrite kinetic_x | apply quadratic_p].
  - apply is_derive_ext with (fun s => quadratic (fun e => gr e 0 (env2 x y)) p s); [intro; now rewrite kinetic_x | apply quadratic_r].
  - apply is_derive_ext with (fun s => quadratic (fun e => gr e 1 (env2 x y)) s r); [intro; now rewrite kinetic_y | apply quadratic_p].
  - apply is_derive_ext with (fun s => quadratic (fun e => gr e 1 (env2 x y)) p s); [intro; now rewrite kinetic_y | apply quadratic_r].
Qed.
Lemma kinetic_xx x y p r : ok x y ->
  Dx (Dx H) x y p r = quadratic (fun e => he e 0 0 (env2 x y)) p r /\ Dy (Dx H) x y p r = quadratic (fun e => he e 0 1 (env2 x y)) p r /\
  Dx (Dy H) x y p r = quadratic (fun e => he e 1 0 (env2 x y)) p r /\ Dy (Dy H) x y p r = quadratic (fun e => he e 1 1 (env2 x y)) p r.
Proof.
  intro K. destruct (ok_near x y K) as [Nx Ny]. destruct K as (A & B & C). repeat split; apply is_derive_unique.
  - apply is_derive_ext_loc with (fun s => quadratic (fun e => gr e 0 (env2 s y)) p r);
      [revert Nx; apply filter_imp; intros s Ks; now rewrite kinetic_x
      | now apply (combination_derive (fun e s => gr e 0 (env2 s y)) (fun e => he e 0 0 (env2 x y))); apply gradient_x].
  - apply is_derive_ext_loc with (fun s => quadratic (fun e => gr e 0 (env2 x s)) p r);
      [revert Ny; apply filter_imp; intros s Ks; now rewrite kinetic_x
      | now apply (combination_derive (fun e s => gr e 0 (env2 x s)) (fun e => he e 0 1 (env2 x y))); apply gradient_y].
  - apply is_derive_ext_loc with (fun s => quadratic (fun e => gr e 1 (env2 s y)) p r);
      [revert Nx; apply filter_imp; intros s Ks; now rewrite kinetic_y
      | now apply (combination_derive (fun e s => gr e 1 (env2 s y)) (fun e => he e 1 0 (env2 x y))); apply gradient_x].
  - apply is_derive_ext_loc with (fun s => quadratic (fun e => gr e 1 (env2 x s)) p r);
      [revert Ny; apply filter_imp; intros s Ks; now rewrite kinetic_y
      | now apply (combination_derive (fun e s => gr e 1 (env2 x s)) (fun e => he e 1 1 (env2 x y))); apply gradient_y].
Qed.
End Kinetic.
Print Assumptions has_jet_near.
Print Assumptions kinetic_xx.
