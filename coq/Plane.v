(* Expressions in two variables over a rectangle where they are defined: value, gradient and Hessian are continuous and bounded,
   value and gradient are Lipschitz (value_lipschitz, gradient_lipschitz).

   tame: functions on a box of R^n that are bounded and Lipschitz; sums and products of such are. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Linear Existence Expr Flat Kinetic.
From Caustic Require Smooth.
Open Scope R_scope.

(* ---- Continuity ---- *)

Lemma continuity_pow n x : continuity_pt (fun x => x ^ n) x.
Proof. apply derivable_continuous_pt, derivable_pt_pow. Qed.
Lemma continuity_of (f : R -> R) x l : is_derive f x l -> continuity_pt f x.
Proof. intro H. apply continuity_pt_filterlim. apply (ex_derive_continuous f). now exists l. Qed.
Lemma continuity_d2 e x : continuity_pt (d2 e) x.
Proof.
  destruct e; try (now apply continuity_const); unfold d2.
  - destruct n as [|[|k]]; [now apply continuity_const | now apply continuity_const |].
    apply (continuity_pt_mult (fun _ => IZR (Z.of_nat (S (S k)) * Z.of_nat (S k))) (fun x => x ^ k)); [now apply continuity_const | apply continuity_pow].
  - apply (continuity_of exp x (exp x)), is_derive_exp.
  - apply (continuity_of (fun x => - sin x) x (- cos x)). apply (is_derive_opp sin). apply is_derive_sin.
  - apply (continuity_of (fun x => - cos x) x (- - sin x)). apply (is_derive_opp cos). apply is_derive_cos.
  - eapply (continuity_of (fun x => -2 * (tanh x * (1 - tanh x * tanh x)))). apply (is_derive_scal (fun x => tanh x * (1 - tanh x * tanh x))).
    apply product; [apply is_derive_tanh | apply (d1_derive (Tanh (Int 0)))].
Qed.

Notation on_plane f := (fun x y => f (env2 x y)).
Ltac plane := repeat first
  [ assumption
  | match goal with
    | |- continuity_2d_pt (fun u v => d1 ?e (@?f u v)) _ _ => apply (continuity_1d_2d_pt_comp (d1 e) f); [exact (continuity_of _ _ _ (d1_derive e _))|]
    | |- continuity_2d_pt (fun u v => d2 ?e (@?f u v)) _ _ => apply (continuity_1d_2d_pt_comp (d2 e) f); [apply continuity_d2|] end
  | apply continuity_2d_pt_const | apply continuity_2d_pt_opp | apply continuity_2d_pt_plus | apply continuity_2d_pt_minus
  | apply continuity_2d_pt_mult | apply continuity_2d_pt_inv ].
Lemma value_continuous e x y : defined e (env2 x y) -> continuity_2d_pt (on_plane (ev e)) x y.
Proof.
  induction e; simpl; intro D; repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : defined _ _ -> _, H : defined _ _ |- _ => specialize (IH H) end; unfold Rdiv; try (now plane).
  - destruct i as [|[|i]]; simpl; [apply continuity_2d_pt_id1 | apply continuity_2d_pt_id2 | apply continuity_2d_pt_const].
  - apply (continuity_1d_2d_pt_comp (fun x => x ^ n)); [apply continuity_pow | easy].
  - apply (continuity_1d_2d_pt_comp exp); [exact (continuity_of _ _ _ (is_derive_exp _)) | easy].
  - apply (continuity_1d_2d_pt_comp sin); [exact (continuity_of _ _ _ (is_derive_sin _)) | easy].
  - apply (continuity_1d_2d_pt_comp cos); [exact (continuity_of _ _ _ (is_derive_cos _)) | easy].
  - apply (continuity_1d_2d_pt_comp tanh); [exact (continuity_of _ _ _ (is_derive_tanh _)) | easy].
Qed.
Lemma gradient_continuous e i x y : defined e (env2 x y) -> continuity_2d_pt (on_plane (gr e i)) x y.
Proof.
  induction e; intro D; pose proof (fun e D => value_continuous e x y D) as V; simpl in D;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : defined _ _ -> continuity_2d_pt _ _ _, H : defined _ _ |- _ => specialize (IH H) end;
    cbn [gr]; unfold Rdiv; plane; auto.
Qed.
Lemma hessian_continuous e i j x y : defined e (env2 x y) -> continuity_2d_pt (on_plane (he e i j)) x y.
Proof.
  induction e; intro D; pose proof (fun e D => value_continuous e x y D) as V; pose proof (fun e i D => gradient_continuous e i x y D) as G;
    pose proof D as D'; simpl in D;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : defined _ _ -> continuity_2d_pt _ _ _, H : defined _ _ |- _ => specialize (IH H) end;
    cbn [he]; unfold Rdiv; plane; auto.
Qed.

(* ---- Bounds on a rectangle ---- *)

Lemma bounded_near (F : R -> R -> R) x y : continuity_2d_pt F x y ->
  exists d, 0 < d /\ forall x' y', Rabs (x' - x) < d -> Rabs (y' - y) < d -> Rabs (F x' y') <= / d.
Proof.
  intro C. destruct (C (mkposreal 1 Rlt_0_1)) as [r H]. simpl in H. set (m := Rabs (F x y) + 1).
  assert (Hm : 0 < m) by (unfold m; assert (K := Rabs_pos (F x y)); lra). assert (Hi := Rinv_0_lt_compat m Hm). assert (Hr := cond_pos r).
  exists (Rmin r (/ m)). assert (Hd := Rmin_pos _ _ Hr Hi). assert (Hm' := conj (Rmin_l r (/ m)) (Rmin_r r (/ m))). split; [easy|].
  intros x' y' Hx Hy. specialize (H x' y' ltac:(lra) ltac:(lra)). apply Rle_trans with m; [unfold m; split_Rabs; lra|].
  rewrite <- (Rinv_inv m) at 1. apply Rinv_le_contravar; lra.
Qed.
Lemma bounded_rectangle (F : R -> R -> R) a b c d :
  (forall x y, a <= x <= b -> c <= y <= d -> continuity_2d_pt F x y) ->
  exists k, 0 <= k /\ forall x y, a <= x <= b -> c <= y <= d -> Rabs (F x y) <= k.
Proof.
  intro C.
  assert (mono : forall r r' m, 0 < r' <= r -> m <= / r -> m <= / r').
  { intros r r' m Hr H. apply Rle_trans with (1 := H). apply Rinv_le_contravar; lra. }
  destruct (segment_uniform (fun x r => forall y, c <= y <= d -> Rabs (F x y) <= / r) a b) as [r [Hr H]].
  - intros x r r' Hr H y Hy. now apply mono with r, H.
  - intros x Hx.
    destruct (segment_uniform (fun y r => forall x', Rabs (x' - x) < r -> Rabs (F x' y) <= / r) c d) as [r [Hr H]].
    + intros y r r' Hr H x' Hx'. apply mono with r; [easy|]. apply H. lra.
    + intros y Hy. destruct (bounded_near F x y (C x y Hx Hy)) as [r [Hr H]]. exists r. split; [easy|]. intros y' _ Hy' x' Hx'. now apply H.
    + exists r. split; [easy|]. intros x' _ Hx' y Hy. now apply H.
  - exists (/ r). split; [left; now apply Rinv_0_lt_compat|]. intros x y Hx Hy. now apply H.
Qed.

(* ---- Lipschitz functions ---- *)

Section Rectangle.
Variables (x1 x2 y1 y2 : R) (e : expr).
Hypothesis D : forall x y, x1 <= x <= x2 -> y1 <= y <= y2 -> defined e (env2 x y).
Let inside x y := x1 <= x <= x2 /\ y1 <= y <= y2.

(* from its derivatives along the segment between two points *)
Lemma lipschitz_by (f fx fy : R -> R -> R) :
  (forall x y t dx dy, let X := fun s => x + s * dx in let Y := fun s => y + s * dy in defined e (env2 (X t) (Y t)) ->
     is_derive (fun s => f (X s) (Y s)) t (fx (X t) (Y t) * dx + fy (X t) (Y t) * dy)) ->
  (forall x y, inside x y -> continuity_2d_pt fx x y) -> (forall x y, inside x y -> continuity_2d_pt fy x y) ->
  exists k, 0 <= k /\ forall x y x' y', inside x y -> inside x' y' -> Rabs (f x' y' - f x y) <= k * (Rabs (x' - x) + Rabs (y' - y)).
Proof.
  intros Hf Cx Cy.
  destruct (bounded_rectangle fx x1 x2 y1 y2) as [k [Hk Bx]]; [intros; now apply Cx|].
  destruct (bounded_rectangle fy x1 x2 y1 y2) as [l [Hl By]]; [intros; now apply Cy|].
  exists (k + l). split; [lra|]. intros x y x' y' [Hx Hy] [Hx' Hy'].
  set (X := fun s => x + s * (x' - x)). set (Y := fun s => y + s * (y' - y)).
  assert (In : forall s, 0 <= s <= 1 -> inside (X s) (Y s)).
  { intros s Hs. unfold X, Y. split.
    - replace (x + s * (x' - x)) with ((1 - s) * x + s * x') by ring.
      split; [apply Rle_trans with ((1 - s) * x1 + s * x1); [lra|] | apply Rle_trans with ((1 - s) * x2 + s * x2); [|lra]];
        apply Rplus_le_compat; apply Rmult_le_compat_l; lra.
    - replace (y + s * (y' - y)) with ((1 - s) * y + s * y') by ring.
      split; [apply Rle_trans with ((1 - s) * y1 + s * y1); [lra|] | apply Rle_trans with ((1 - s) * y2 + s * y2); [|lra]];
        apply Rplus_le_compat; apply Rmult_le_compat_l; lra. }
  assert (S := Smooth.slope_bound (fun s => f (X s) (Y s)) (fun s => fx (X s) (Y s) * (x' - x) + fy (X s) (Y s) * (y' - y)) 0
    ((k + l) * (Rabs (x' - x) + Rabs (y' - y))) 0 1).
  cbv beta in S. replace (X 1) with x' in S by (unfold X; ring). replace (Y 1) with y' in S by (unfold Y; ring).
  replace (X 0) with x in S by (unfold X; ring). replace (Y 0) with y in S by (unfold Y; ring).
  rewrite Rmult_0_l, Rminus_0_r in S. replace (Rabs (1 - 0)) with 1 in S by (rewrite Rabs_pos_eq; lra). rewrite Rmult_1_r in S.
  apply S. intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra. destruct (In s Hs) as [Ix Iy]. split; [apply Hf; now apply D|].
  rewrite Rminus_0_r. apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
  assert (P := Rabs_pos (x' - x)). assert (P' := Rabs_pos (y' - y)).
  apply Rle_trans with (k * Rabs (x' - x) + l * Rabs (y' - y)).
  - apply Rplus_le_compat; apply Rmult_le_compat_r; auto.
  - assert (0 <= k * Rabs (y' - y)) by now apply Rmult_le_pos. assert (0 <= l * Rabs (x' - x)) by now apply Rmult_le_pos. lra.
Qed.
Lemma segment_curve (x y t dx dy : R) : is_derive (fun s => x + s * dx) t dx /\ is_derive (fun s => y + s * dy) t dy.
Proof. split; auto_derive; easy || ring. Qed.
Lemma value_lipschitz : exists k, 0 <= k /\ forall x y x' y', inside x y -> inside x' y' ->
  Rabs (ev e (env2 x' y') - ev e (env2 x y)) <= k * (Rabs (x' - x) + Rabs (y' - y)).
Proof.
  apply (lipschitz_by (on_plane (ev e)) (on_plane (gr e 0)) (on_plane (gr e 1))).
  - intros x y t dx dy X Y H. now apply (value_along e X Y); [apply segment_curve | apply (segment_curve x y) |].
  - intros x y [Hx Hy]. now apply gradient_continuous, D.
  - intros x y [Hx Hy]. now apply gradient_continuous, D.
Qed.
Lemma gradient_lipschitz i : exists k, 0 <= k /\ forall x y x' y', inside x y -> inside x' y' ->
  Rabs (gr e i (env2 x' y') - gr e i (env2 x y)) <= k * (Rabs (x' - x) + Rabs (y' - y)).
Proof.
  apply (lipschitz_by (on_plane (gr e i)) (on_plane (he e i 0)) (on_plane (he e i 1))).
  - intros x y t dx dy X Y H. now apply (gradient_along e i X Y); [apply segment_curve | apply (segment_curve x y) |].
  - intros x y [Hx Hy]. now apply hessian_continuous, D.
  - intros x y [Hx Hy]. now apply hessian_continuous, D.
Qed.
End Rectangle.

(* ---- Tame functions on a box ---- *)

Section Tame.
Variables (n : nat) (lo hi : vec).
Definition tame (f : vec -> R) : Prop := exists k, 0 <= k /\ forall x y, in_box n lo hi x -> in_box n lo hi y ->
  Rabs (f x - f y) <= k * norm1 n (fun j => x j - y j) /\ Rabs (f x) <= k.

Lemma norm1_ge_0 z : 0 <= norm1 n z.
Proof. apply sum_ge_0. intros. apply Rabs_pos. Qed.
Lemma tame_ext f g : (forall x, f x = g x) -> tame f -> tame g.
Proof. intros E [k [Hk H]]. exists k. split; [easy|]. intros x y Hx Hy. rewrite <- !E. now apply H. Qed.
Lemma tame_const c : tame (fun _ => c).
Proof.
  exists (Rabs c). assert (P := Rabs_pos c). split; [easy|]. intros x y _ _. rewrite Rminus_eq_0, Rabs_R0. split; [|lra].
  apply Rmult_le_pos; [easy | apply norm1_ge_0].
Qed.
Lemma tame_plus f g : tame f -> tame g -> tame (fun x => f x + g x).
Proof.
  intros [k [Hk F]] [l [Hl G]]. exists (k + l). split; [lra|]. intros x y Hx Hy. destruct (F x y Hx Hy) as [F1 F2]. destruct (G x y Hx Hy) as [G1 G2].
  split; [rewrite Rmult_plus_distr_r|]; split_Rabs; lra.
Qed.
Lemma tame_mult f g : tame f -> tame g -> tame (fun x => f x * g x).
Proof.
  intros [k [Hk F]] [l [Hl G]]. exists (2 * (k * l) + k * l). assert (P := Rmult_le_pos k l Hk Hl). split; [lra|]. intros x y Hx Hy.
  destruct (F x y Hx Hy) as [F1 F2]. destruct (G x y Hx Hy) as [G1 G2]. destruct (F y x Hy Hx) as [_ F3].
  assert (N := norm1_ge_0 (fun j => x j - y j)). set (N1 := norm1 _ _) in *. split.
  - replace (f x * g x - f y * g y) with ((f x - f y) * g x + f y * (g x - g y)) by ring. apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
    apply Rle_trans with (k * N1 * l + k * (l * N1)); [apply Rplus_le_compat; apply Rmult_le_compat; auto using Rabs_pos|].
    assert (0 <= k * l * N1) by now apply Rmult_le_pos. lra.
  - rewrite Rabs_mult. apply Rle_trans with (k * l); [apply Rmult_le_compat; auto using Rabs_pos | lra].
Qed.
Lemma tame_coordinate i : (i < n)%nat -> tame (fun x => x i).
Proof.
  intro Hi. exists (Rabs (lo i) + Rabs (hi i) + 1). assert (P := Rabs_pos (lo i)). assert (P' := Rabs_pos (hi i)). split; [lra|].
  intros x y Hx Hy. split; [|specialize (Hx i Hi); split_Rabs; lra].
  assert (T := sum_ge_term n (fun j => Rabs (x j - y j)) i (fun j _ => Rabs_pos _) Hi). cbv beta in T. unfold norm1.
  set (N := sum n _) in *. assert (0 <= N) by (apply Rle_trans with (2 := T); apply Rabs_pos).
  assert (0 <= (Rabs (lo i) + Rabs (hi i)) * N) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma tame_plane (F : R -> R -> R) k : (2 <= n)%nat -> 0 <= k ->
  (forall x y, lo 0%nat <= x <= hi 0%nat -> lo 1%nat <= y <= hi 1%nat -> continuity_2d_pt F x y) ->
  (forall x y x' y', lo 0%nat <= x <= hi 0%nat /\ lo 1%nat <= y <= hi 1%nat -> lo 0%nat <= x' <= hi 0%nat /\ lo 1%nat <= y' <= hi 1%nat ->
     Rabs (F x' y' - F x y) <= k * (Rabs (x' - x) + Rabs (y' - y))) -> tame (fun z => F (z 0%nat) (z 1%nat)).
Proof.
  intros Hn Hk C L. destruct (bounded_rectangle F _ _ _ _ C) as [l [Hl B]]. exists (2 * k + l). split; [lra|].
  intros x y Hx Hy. assert (X0 := Hx 0%nat ltac:(lia)). assert (X1 := Hx 1%nat ltac:(lia)). assert (Y0 := Hy 0%nat ltac:(lia)). assert (Y1 := Hy 1%nat ltac:(lia)).
  specialize (B (x 0%nat) (x 1%nat) X0 X1). split; [|lra].
  apply Rle_trans with (1 := L _ _ _ _ (conj Y0 Y1) (conj X0 X1)).
  assert (T0 := sum_ge_term n (fun j => Rabs (x j - y j)) 0 (fun j _ => Rabs_pos _) ltac:(lia)).
  assert (T1 := sum_ge_term n (fun j => Rabs (x j - y j)) 1 (fun j _ => Rabs_pos _) ltac:(lia)). cbv beta in T0, T1. unfold norm1.
  set (N := sum n _) in *. assert (0 <= N) by (apply Rle_trans with (2 := T0); apply Rabs_pos).
  apply Rle_trans with (k * (N + N)); [apply Rmult_le_compat_l; lra|]. assert (0 <= l * N) by now apply Rmult_le_pos. lra.
Qed.
End Tame.
