(* A witness on the round sphere, by the checker of FlowRun.v: along one characteristic of the geodesic flow in the
   stereographic chart, H = (1 + |q|^2)^2 |p|^2 / 8, with u0 such that q(0) = (1/2, 1/4), du0 = (3/10, -1/5) and
   Hess u0 = [[-1, 1/5], [1/5, -1/2]] there, the first focal time lies in [2.4715126492, 2.4715126494].

   The columns (a, b) and (c, d) of the derivative of the flow by q(0) solve the linearized equations. *)
From Coq Require Import Reals Lra Lia ZArith List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Model Expr Flow FlowRun.
Import ListNotations.
Open Scope R_scope.

Definition scalar i j k l := Add (Mul (Var i) (Var j)) (Mul (Var k) (Var l)).
(* The state is q1 q2 p1 p2 a1 a2 b1 b2 c1 c2 d1 d2, the variables 0 to 11. *)
Definition prog : program := [
  Add (Add (Int 1) (Mul (Var 0) (Var 0))) (Mul (Var 1) (Var 1));             (* 12: r = 1 + |q|^2 *)
  scalar 2 2 3 3;                                                            (* 13: |p|^2 *)
  Mul (Mul (Var 12) (Var 12)) (Div (Int 1) (Int 4));                         (* 14: r^2/4 *)
  Mul (Mul (Var 12) (Var 13)) (Div (Int 1) (Int 2));                         (* 15: r |p|^2/2 *)
  Mul (Var 12) (scalar 0 4 1 5);                                             (* 16: r q.a *)
  Add (Mul (scalar 0 4 1 5) (Var 13)) (Mul (Var 12) (scalar 2 6 3 7));       (* 17: q.a |p|^2 + r p.b *)
  Mul (Var 12) (scalar 0 8 1 9);                                             (* 18, 19: the same of c and d *)
  Add (Mul (scalar 0 8 1 9) (Var 13)) (Mul (Var 12) (scalar 2 10 3 11));
  Mul (Var 14) (Var 2); Mul (Var 14) (Var 3); Opp (Mul (Var 15) (Var 0)); Opp (Mul (Var 15) (Var 1));
  Add (Mul (Var 16) (Var 2)) (Mul (Var 14) (Var 6)); Add (Mul (Var 16) (Var 3)) (Mul (Var 14) (Var 7));
  Opp (Add (Mul (Var 17) (Var 0)) (Mul (Var 15) (Var 4))); Opp (Add (Mul (Var 17) (Var 1)) (Mul (Var 15) (Var 5)));
  Add (Mul (Var 18) (Var 2)) (Mul (Var 14) (Var 10)); Add (Mul (Var 18) (Var 3)) (Mul (Var 14) (Var 11));
  Opp (Add (Mul (Var 19) (Var 0)) (Mul (Var 15) (Var 8))); Opp (Add (Mul (Var 19) (Var 1)) (Mul (Var 15) (Var 9)))].
Definition outs : list nat := seq 20 12.
Definition det : expr := Sub (Mul (Var 4) (Var 9)) (Mul (Var 5) (Var 8)).

Definition bits : positive := 72.
Definition weight (i : nat) : nat := 1%nat.
Definition start : state 0 :=
  [mconst 0 bits 1 2; mconst 0 bits 1 4; mconst 0 bits 3 10; mconst 0 bits (-1) 5;
   mconst 0 bits 1 1; mconst 0 bits 0 1; mconst 0 bits (-1) 1; mconst 0 bits 1 5;
   mconst 0 bits 0 1; mconst 0 bits 1 1; mconst 0 bits 1 5; mconst 0 bits (-1) 2].
Definition u : Z := unit bits.
Definition before : list Z := (repeat (u / 8) 19 ++ [u * 24715126492 / 10000000000 + 1 - 19 * (u / 8)])%Z.
Definition across : list Z := [u * 2 / 10000000000 - 2]%Z.
Lemma checked : check 0 bits 12 weight 12 prog outs det before across start = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Section Sphere.
Variables q1 q2 p1 p2 a1 a2 b1 b2 c1 c2 d1 d2 : R -> R.
Notation r t := (1 + q1 t ^ 2 + q2 t ^ 2).
Notation pp t := (p1 t ^ 2 + p2 t ^ 2).
Definition T1 : R := 24715126492 / 10000000000.
Definition T2 : R := 24715126494 / 10000000000.
Hypothesis characteristic : forall t, 0 <= t <= T2 ->
  is_derive q1 t (r t ^ 2 / 4 * p1 t) /\ is_derive q2 t (r t ^ 2 / 4 * p2 t) /\
  is_derive p1 t (- (r t * pp t / 2) * q1 t) /\ is_derive p2 t (- (r t * pp t / 2) * q2 t).
Hypothesis first_column : forall t, 0 <= t <= T2 ->
  let qa := q1 t * a1 t + q2 t * a2 t in let s := qa * pp t + r t * (p1 t * b1 t + p2 t * b2 t) in
  is_derive a1 t (r t * qa * p1 t + r t ^ 2 / 4 * b1 t) /\ is_derive a2 t (r t * qa * p2 t + r t ^ 2 / 4 * b2 t) /\
  is_derive b1 t (- (s * q1 t + r t * pp t / 2 * a1 t)) /\ is_derive b2 t (- (s * q2 t + r t * pp t / 2 * a2 t)).
Hypothesis second_column : forall t, 0 <= t <= T2 ->
  let qc := q1 t * c1 t + q2 t * c2 t in let s := qc * pp t + r t * (p1 t * d1 t + p2 t * d2 t) in
  is_derive c1 t (r t * qc * p1 t + r t ^ 2 / 4 * d1 t) /\ is_derive c2 t (r t * qc * p2 t + r t ^ 2 / 4 * d2 t) /\
  is_derive d1 t (- (s * q1 t + r t * pp t / 2 * c1 t)) /\ is_derive d2 t (- (s * q2 t + r t * pp t / 2 * c2 t)).
Hypothesis initial : (q1 0 = 1 / 2 /\ q2 0 = 1 / 4 /\ p1 0 = 3 / 10 /\ p2 0 = - 1 / 5) /\
  (a1 0 = 1 /\ a2 0 = 0 /\ b1 0 = - 1 /\ b2 0 = 1 / 5) /\ (c1 0 = 0 /\ c2 0 = 1 /\ d1 0 = 1 / 5 /\ d2 0 = - 1 / 2).

Definition xs (i : nat) : R -> R := nth i [q1; q2; p1; p2; a1; a2; b1; b2; c1; c2; d1; d2] (fun _ => 0).

Lemma is_solution : solution 12 prog outs xs T2.
Proof.
  intros t Ht i Hi. destruct (characteristic t Ht) as (F1 & F2 & F3 & F4).
  destruct (first_column t Ht) as (F5 & F6 & F7 & F8). destruct (second_column t Ht) as (F9 & F10 & F11 & F12).
  do 12 (destruct i as [|i];
    [match goal with |- is_derive (xs ?k) t _ => let g := eval cbv [xs nth] in (xs k) in
       change (is_derive g t (field 12 prog outs (fun j => xs j t) k)) end;
     match goal with |- is_derive ?f t _ => match goal with H : is_derive f t _ |- _ => apply is_derive_eq with (1 := H) end end;
     cbv [field run prog outs vector fold_left ev nth seq map app scalar xs]; field|]). lia.
Qed.
Lemma is_start z : encloses_state 0 bits 12 start z (fun i => xs i 0).
Proof.
  destruct initial as ((E1 & E2 & E3 & E4) & (E5 & E6 & E7 & E8) & (E9 & E10 & E11 & E12)).
  intros i Hi. do 12 (destruct i as [|i];
    [cbv [xs state_ start nth]; rewrite ?E1, ?E2, ?E3, ?E4, ?E5, ?E6, ?E7, ?E8, ?E9, ?E10, ?E11, ?E12;
     match goal with |- holds _ _ (mconst _ _ ?n ?d) _ _ => apply holds_eq with (1 := mconst_ok 0 bits z n d); field end|]). lia.
Qed.
Lemma observed t : observe 12 det (fun i => xs i t) = a1 t * c2 t - a2 t * c1 t.
Proof. reflexivity. Qed.

Theorem first_focal_time :
  (forall t, 0 <= t <= T1 -> 0 < a1 t * c2 t - a2 t * c1 t) /\
  (exists t, T1 <= t <= T2 /\ a1 t * c2 t - a2 t * c1 t = 0).
Proof.
  set (z := fun _ : nat => 0). assert (Hz : forall i, Rabs (z i) <= 1) by (intro; unfold z; rewrite Rabs_R0; lra).
  assert (EA : T1 <= elapsed bits before).
  { unfold elapsed, T1. apply Rmult_le_reg_r with (IZR (unit bits)); [apply U_pos|].
    unfold Rdiv at 2. rewrite Rmult_assoc, Rinv_l by (apply Rgt_not_eq, U_pos). rewrite Rmult_1_r.
    apply Rmult_le_reg_r with 10000000000; [lra|].
    replace (24715126492 / 10000000000 * IZR (unit bits) * 10000000000) with (24715126492 * IZR (unit bits)) by field.
    rewrite <- !mult_IZR. apply IZR_le. apply Zle_bool_imp_le. vm_compute. reflexivity. }
  assert (EB : elapsed bits before + elapsed bits across <= T2).
  { unfold elapsed, T2. apply Rmult_le_reg_r with (IZR (unit bits)); [apply U_pos|].
    unfold Rdiv at 1 2. rewrite Rmult_plus_distr_r, !Rmult_assoc, Rinv_l by (apply Rgt_not_eq, U_pos). rewrite !Rmult_1_r.
    apply Rmult_le_reg_r with 10000000000; [lra|].
    replace (24715126494 / 10000000000 * IZR (unit bits) * 10000000000) with (24715126494 * IZR (unit bits)) by field.
    rewrite <- plus_IZR, <- !mult_IZR. apply IZR_le. apply Zle_bool_imp_le. vm_compute. reflexivity. }
  destruct (first_zero 0 bits 12 weight 12 prog outs det before across start z xs T2 Hz is_solution) as [P [t [Ht E]]].
  - intros t Ht. apply (continuous_ext (fun t => a1 t * c2 t - a2 t * c1 t)); [intro; now rewrite observed|].
    destruct (first_column t Ht) as (F5 & F6 & _). destruct (second_column t Ht) as (F9 & F10 & _).
    apply (continuous_minus (fun t => a1 t * c2 t) (fun t => a2 t * c1 t)); [apply (continuous_mult a1 c2) | apply (continuous_mult a2 c1)];
      match goal with |- continuous ?f t => apply (ex_derive_continuous f); eexists; eassumption end.
  - exact EB.
  - exact checked.
  - apply is_start.
  - split; [intros s Hs; rewrite <- observed; apply P; lra|].
    exists t. split; [lra|]. now rewrite <- observed.
Qed.
End Sphere.
Print Assumptions first_focal_time.
