(* Functions with max(0, .): near a point where each argument has a sign, the function is given by a term without kinks.

   near_term: the terms `signs` are found positive on a box by the kernel; there, and a little beyond, the two agree. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet Cover Flat Search2 SurfaceSearch.
Import ListNotations.
Open Scope R_scope.

(* ---- Terms are continuous in both variables ---- *)

Notation at_pair e := (fun z : R * R => ev e (env2 (fst z) (snd z))).
Lemma continuous_through (f : R -> R) (g : R * R -> R) z df : is_derive f (g z) df -> continuous g z ->
  continuous (fun z => f (g z)) z.
Proof. intros D C. apply (continuous_comp g f); [exact C | apply (ex_derive_continuous f); now exists df]. Qed.
Lemma ev_continuous2 e x y : defined e (env2 x y) -> continuous (at_pair e) (x, y).
Proof.
  induction e; simpl; intro D; repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : ?A -> _, H : ?A |- _ => specialize (IH H) end.
  - destruct i as [|[|i]]; simpl; [apply continuous_fst | apply continuous_snd | apply continuous_const].
  - apply continuous_const.
  - now apply (continuous_opp (at_pair e)).
  - now apply (continuous_plus (at_pair e1) (at_pair e2)).
  - now apply (continuous_minus (at_pair e1) (at_pair e2)).
  - now apply (continuous_mult (at_pair e1) (at_pair e2)).
  - apply (continuous_mult (at_pair e1) (fun z => / at_pair e2 z)); [easy|].
    apply (continuous_through (fun s => / s) (at_pair e2) (x, y) _ (inverse (fun s => s) _ 1 (@is_derive_id R_AbsRing _) H1) IHe2).
  - apply (continuous_through (fun s => s ^ n) (at_pair e) _ _ (is_derive_power n _) IHe).
  - apply (continuous_through exp (at_pair e) _ _ (is_derive_exp _) IHe).
  - apply (continuous_through sin (at_pair e) _ _ (is_derive_sin _) IHe).
  - apply (continuous_through cos (at_pair e) _ _ (is_derive_cos _) IHe).
  - apply (continuous_through tanh (at_pair e) _ _ (is_derive_tanh _) IHe).
Qed.
Lemma positive_near e x y : defined e (env2 x y) -> 0 < ev e (env2 x y) ->
  locally (x, y) (fun z : R * R => 0 < ev e (env2 (fst z) (snd z))).
Proof. intros D P. apply (ev_continuous2 e x y D (fun v => 0 < v)). now apply (open_gt 0). Qed.

(* ---- Signs over a box ---- *)

Section Signs.
Variables (pr : positive) (deg : nat).
Definition sign_matrix (e : expr) (m : nat) (x y : model m) : matrix m :=
  let f := val m (jets m pr deg one 2 e (at_point pr x y)) in mkmatrix f (mk (pzero m) 0 true) f.
Lemma sign_encloses e m z X Y x y : (forall i, Rabs (z i) <= 1) -> holds m pr X z x -> holds m pr Y z y ->
  models pr m z (sign_matrix e m X Y) (ev e (env2 x y)) 0 (ev e (env2 x y)) /\
  (valid (m11 (sign_matrix e m X Y)) = true -> defined e (env2 x y)).
Proof.
  intros Hz HX HY. destruct (jets_near pr deg m z Hz X Y x y HX HY e) as (V & _). split.
  - repeat split; cbn [sign_matrix m11 m12 m22]; try exact V. apply zero_ok.
  - intro K. now apply (jets_defined pr deg m z Hz X Y x y HX HY e).
Qed.
Definition positive_on (fuel : nat) (B : box) (e : expr) : bool := cover (leaf pr deg (sign_matrix e)) fuel B.
Lemma positive_on_ok fuel B e x y : positive_on fuel B e = true -> within B 0 (env2 x y) ->
  defined e (env2 x y) /\ 0 < ev e (env2 x y).
Proof.
  intros C H. destruct (covered_ok pr deg (sign_matrix e) _ _ _ _ (sign_encloses e) fuel B C x y H) as [D [P _]].
  now split.
Qed.

Theorem near_term (u : R -> R -> R) (e : expr) (signs : list expr) fuel B :
  (forall x y, List.Forall (fun s => 0 < ev s (env2 x y)) signs -> u x y = ev e (env2 x y)) ->
  forallb (positive_on fuel B) signs = true ->
  forall x y, within B 0 (env2 x y) -> locally_2d (fun x y => u x y = ev e (env2 x y)) x y.
Proof.
  intros Hu C x y H. rewrite forallb_forall in C. apply locally_2d_locally.
  assert (K : locally (x, y) (fun z : R * R => List.Forall (fun s => 0 < ev s (env2 (fst z) (snd z))) signs)).
  { clear Hu. induction signs as [|s l IH]; [now apply filter_forall|].
    destruct (positive_on_ok fuel B s x y (C s (or_introl eq_refl)) H) as [D P].
    assert (N := positive_near s x y D P). assert (M := IH (fun t Ht => C t (or_intror Ht))).
    generalize (filter_and _ _ N M). apply filter_imp. intros z [Q1 Q2]. now constructor. }
  revert K. apply filter_imp. intros z Q. now apply Hu.
Qed.
End Signs.
Print Assumptions near_term.
