(* Existence of characteristics over a box, by a search in the kernel. The speed s2 = A du0.du0 of a characteristic is constant, so its
   velocity obeys x'^2 <= a s2, y'^2 <= c s2. If s2 < sigma on the box B, and if a sigma < m^2, c sigma < m^2 on the box wider by
   d > m h, no characteristic from B leaves the wider box before the time h; and so on, from box to box.

   surface_solutions: if such steps (d, m, h) reach the time T, the characteristics over [0, T] from all points of B exist. *)
From Coq Require Import Reals Lra Lia ZArith List Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Expr Model Jet Cover Flat Search2 Surface SurfaceSearch Jacobi Kinetic SurfaceFlow SurfaceExist.
From Caustic Require Smooth.
Import ListNotations.
Open Scope R_scope.

(* ---- Rational numbers and boxes ---- *)

Definition below (r s : ratio) : bool := (fst r * Zpos (snd s) <? fst s * Zpos (snd r))%Z.
Definition times (r s : ratio) : ratio := ((fst r * fst s)%Z, (snd r * snd s)%positive).
Definition add_ratio (r s : ratio) : ratio := ((fst r * Zpos (snd s) + fst s * Zpos (snd r))%Z, (snd r * snd s)%positive).
Lemma den_pos (p : positive) : 0 < IZR (Zpos p).
Proof. now apply IZR_lt. Qed.
Lemma below_ok r s : below r s = true -> ratioR r < ratioR s.
Proof.
  intro H. apply Z.ltb_lt, IZR_lt in H. rewrite !mult_IZR in H. assert (P := den_pos (snd r)). assert (Q := den_pos (snd s)). unfold ratioR.
  apply Rmult_lt_reg_r with (IZR (Zpos (snd r)) * IZR (Zpos (snd s))); [now apply Rmult_lt_0_compat|].
  replace (IZR (fst r) / _ * _) with (IZR (fst r) * IZR (Zpos (snd s))) by (field; lra).
  replace (IZR (fst s) / _ * _) with (IZR (fst s) * IZR (Zpos (snd r))) by (field; lra). exact H.
Qed.
Lemma times_ok r s : ratioR (times r s) = ratioR r * ratioR s.
Proof.
  unfold ratioR, times. cbn [fst snd]. rewrite Pos2Z.inj_mul, !mult_IZR. assert (P := den_pos (snd r)). assert (Q := den_pos (snd s)). field. lra.
Qed.
Lemma add_ratio_ok r s : ratioR (add_ratio r s) = ratioR r + ratioR s.
Proof.
  unfold ratioR, add_ratio. cbn [fst snd]. rewrite Pos2Z.inj_mul, plus_IZR, !mult_IZR.
  assert (P := den_pos (snd r)). assert (Q := den_pos (snd s)). field. lra.
Qed.
(* what is left between the last box and the boundary *)
Definition margin : ratio := (1%Z, 1024%positive).
(* the box wider by d on every side *)
Definition expand (d : ratio) (B : box) : box :=
  map (fun s => let '(lo, hi, e) := s in ((lo * Zpos (snd d) - fst d * Zpos e)%Z, (hi * Zpos (snd d) + fst d * Zpos e)%Z, (e * snd d)%positive)) B.
Definition ends (B : box) (i : nat) : R * R :=
  let '(lo, hi, e) := nth i B (0%Z, 0%Z, 1%positive) in (IZR lo / IZR (Zpos e), IZR hi / IZR (Zpos e)).
Definition planar (B : box) : bool := match B with [_; _] => true | _ => false end.
Lemma planar_within B x y : planar B = true ->
  within B 0 (env2 x y) <-> (fst (ends B 0) <= x <= snd (ends B 0)) /\ (fst (ends B 1) <= y <= snd (ends B 1)).
Proof.
  intro H. destruct B as [|[[l1 h1] e1] [|[[l2 h2] e2] [|]]]; try discriminate H. cbn [within ends nth fst snd env2]. tauto.
Qed.
Lemma planar_expand d B : planar B = true -> planar (expand d B) = true.
Proof. intro H. destruct B as [|s [|r [|]]]; try discriminate H. easy. Qed.
Lemma expand_ends d B i : planar B = true -> (i < 2)%nat ->
  ends (expand d B) i = (fst (ends B i) - ratioR d, snd (ends B i) + ratioR d).
Proof.
  intros H Hi. destruct B as [|[[l1 h1] e1] [|[[l2 h2] e2] [|]]]; try discriminate H. assert (Q := den_pos (snd d)).
  destruct i as [|[|i]]; [| |lia]; cbn [ends expand map nth fst snd]; unfold ratioR.
  - assert (P := den_pos e1). rewrite Pos2Z.inj_mul, minus_IZR, plus_IZR, !mult_IZR. f_equal; field; lra.
  - assert (P := den_pos e2). rewrite Pos2Z.inj_mul, minus_IZR, plus_IZR, !mult_IZR. f_equal; field; lra.
Qed.
Lemma within_expand d B x y x' y' : planar B = true -> within B 0 (env2 x y) -> Rabs (x' - x) <= ratioR d -> Rabs (y' - y) <= ratioR d ->
  within (expand d B) 0 (env2 x' y').
Proof.
  intros H W Hx Hy. apply planar_within in W; [|easy]. apply planar_within; [now apply planar_expand|].
  rewrite !expand_ends by (easy || lia). cbn [fst snd]. split_Rabs; lra.
Qed.

(* ---- A path slower than m stays within m h for a time h ---- *)

Lemma max_close a b c d r : Rabs (a - c) < r -> Rabs (b - d) < r -> Rabs (Rmax a b - Rmax c d) < r.
Proof.
  intros H K. apply Rabs_def2 in H, K. apply Rabs_def1; unfold Rmax; repeat destruct Rle_dec; lra.
Qed.
Lemma stays_near (x y dx dy : R -> R) (s0 h m d t : R) : 0 <= s0 -> 0 <= m -> m * h < d ->
  (forall s, 0 <= s <= t -> is_derive x s (dx s) /\ is_derive y s (dy s)) ->
  (forall s, 0 <= s <= t -> Rabs (x s - x s0) <= d -> Rabs (y s - y s0) <= d -> Rabs (dx s) <= m /\ Rabs (dy s) <= m) ->
  forall s, s0 <= s <= Rmin t (s0 + h) -> Rabs (x s - x s0) < d /\ Rabs (y s - y s0) < d.
Proof.
  intros H0 Hm Hd HD HB. assert (Ht := conj (Rmin_l t (s0 + h)) (Rmin_r t (s0 + h))). set (e := Rmin t (s0 + h)) in *.
  set (g := fun s => Rmax (Rabs (x s - x s0)) (Rabs (y s - y s0))).
  assert (G : forall s, s0 <= s <= e -> g s < d).
  { apply stays_inside.
    - intros s Hs. destruct (HD s ltac:(lra)) as [Dx Dy].
      assert (Cx : continuous (fun s => Rabs (x s - x s0)) s).
      { apply (continuous_comp (fun s => x s - x s0) Rabs); [|apply continuous_Rabs].
        apply (ex_derive_continuous (fun s => x s - x s0)). auto_derive. eexists; exact Dx. }
      assert (Cy : continuous (fun s => Rabs (y s - y s0)) s).
      { apply (continuous_comp (fun s => y s - y s0) Rabs); [|apply continuous_Rabs].
        apply (ex_derive_continuous (fun s => y s - y s0)). auto_derive. eexists; exact Dy. }
      apply Smooth.continuous_tolerance. intros r Hr.
      destruct (proj1 (Smooth.continuous_tolerance _ s) Cx r Hr) as [a [Pa A]]. destruct (proj1 (Smooth.continuous_tolerance _ s) Cy r Hr) as [b [Pb B]].
      exists (Rmin a b). assert (Hab := conj (Rmin_l a b) (Rmin_r a b)). split; [now apply Rmin_pos|]. intros z Hz.
      specialize (A z ltac:(lra)). specialize (B z ltac:(lra)). unfold g. now apply max_close.
    - intros s Hs below. destruct (Req_dec s s0) as [->|Hne].
      { unfold g. rewrite !Rminus_eq_0, Rabs_R0, Rmax_left by lra. assert (0 <= m * h) by (apply Rmult_le_pos; lra). lra. }
      assert (B : forall z, s0 < z < s -> Rabs (dx z) <= m /\ Rabs (dy z) <= m).
      { intros z Hz. specialize (below z ltac:(lra)). unfold g in below.
        assert (M := conj (Rmax_l (Rabs (x z - x s0)) (Rabs (y z - y s0))) (Rmax_r (Rabs (x z - x s0)) (Rabs (y z - y s0)))). apply HB; lra. }
      assert (K : forall (f df : R -> R), (forall z, s0 <= z <= s -> is_derive f z (df z)) -> (forall z, s0 < z < s -> Rabs (df z) <= m) ->
        Rabs (f s - f s0) < d).
      { intros f df Hf Hb. destruct (mean_value f df s0 s) as [c [Hc E]]; [lra | intros; apply Hf; lra | |].
        - intros z Hz. apply (ex_derive_continuous f). eexists. now apply Hf.
        - rewrite E, Rabs_mult, (Rabs_pos_eq (s - s0)) by lra. specialize (Hb c Hc).
          apply Rle_lt_trans with (m * h); [|easy]. apply Rmult_le_compat; try lra. apply Rabs_pos. }
      unfold g. apply Rmax_lub_lt; [apply (K x dx) | apply (K y dy)]; try (intros; apply HD; lra); intros; now apply B. }
  intros s Hs. specialize (G s Hs). unfold g in G.
  assert (M := conj (Rmax_l (Rabs (x s - x s0)) (Rabs (y s - y s0))) (Rmax_r (Rabs (x s - x s0)) (Rabs (y s - y s0)))). lra.
Qed.

(* ---- The search ---- *)

Section Room.
Variables (pr : positive) (deg fuel : nat) (ea eb ec eu : expr) (sigma : ratio).

(* diag (sigma - s2, 1) *)
Definition speed_matrix (m : nat) (x y : model m) : matrix m :=
  let J e := jets m pr deg one 2 e (at_point pr x y) in
  let U := J eu in let u1 := g_ m U 0 in let u2 := g_ m U 1 in let a := val m (J ea) in let b := val m (J eb) in let c := val m (J ec) in
  mkmatrix (guard m (val m U) (msub m (mconst m pr (fst sigma) (snd sigma)) (dot pr deg (dot pr deg a u1 b u2) u1 (dot pr deg b u1 c u2) u2)))
    (mint m pr 0) (mint m pr 1).
(* diag (m^2 - sigma a, m^2 - sigma c) *)
Definition room_matrix (v : ratio) (m : nat) (x y : model m) : matrix m :=
  let J e := jets m pr deg one 2 e (at_point pr x y) in
  let f e := msub m (mconst m pr (fst v * fst v)%Z (snd v * snd v)%positive) (mscale m (fst sigma) (snd sigma) (val m (J e))) in
  mkmatrix (f ea) (mint m pr 0) (f ec).

Definition step : Type := ratio * ratio * ratio.      (* d, m, h *)
Fixpoint rooms (B : box) (l : list step) : bool :=
  match l with
  | [] => cover (metric_leaf pr deg ea eb ec) fuel (expand margin B)
  | (d, m, h) :: r => (below (times m h) d && (0 <=? fst m)%Z && (0 <=? fst h)%Z
      && cover (leaf pr deg (room_matrix m)) fuel (expand d B) && rooms (expand d B) r)%bool
  end.
Fixpoint final (B : box) (l : list step) : box := match l with [] => B | (d, _, _) :: r => final (expand d B) r end.
Fixpoint duration (l : list step) : ratio := match l with [] => (0%Z, 1%positive) | (_, _, h) :: r => add_ratio h (duration r) end.
Definition room (T : ratio) (B : box) (l : list step) : bool :=
  (planar B && below T (duration l) && cover (leaf pr deg speed_matrix) fuel B && rooms B l)%bool.

Lemma speed_covered B : cover (leaf pr deg speed_matrix) fuel B = true -> forall x y, within B 0 (env2 x y) ->
  defined eu (env2 x y) /\ speed2 (jet2_of ea x y) (jet2_of eb x y) (jet2_of ec x y) (jet2_of eu x y) < ratioR sigma.
Proof.
  intros C x y W.
  destruct (covered_ok pr deg speed_matrix (fun x y => defined eu (env2 x y))
    (fun x y => ratioR sigma - speed2 (jet2_of ea x y) (jet2_of eb x y) (jet2_of ec x y) (jet2_of eu x y)) (fun _ _ => 0) (fun _ _ => 1)) with (2 := C) (3 := W)
    as [D [P _]]; [|split; [exact D | lra]].
  clear. intros m z X Y x y Hz HX HY. assert (N := jets_near pr deg m z Hz X Y x y HX HY).
  destruct (N ea) as (A & _), (N eb) as (B & _), (N ec) as (C & _), (N eu) as (_ & U1 & U2 & _). unfold speed_matrix. cbv zeta. split.
  - repeat split; cbn [m11 m12 m22]; [|apply (mint_ok m pr z 0) | apply (mint_ok m pr z 1)].
    apply guard_ok, msub_ok; [apply mconst_ok|]. unfold speed2, vel1, vel2. repeat apply dot_ok; assumption.
  - intro V. cbn [m11] in V. apply andb_prop in V. now apply (jets_defined pr deg m z Hz X Y x y HX HY).
Qed.
Lemma room_covered v B : cover (leaf pr deg (room_matrix v)) fuel B = true -> forall x y, within B 0 (env2 x y) ->
  ev ea (env2 x y) * ratioR sigma < ratioR v * ratioR v /\ ev ec (env2 x y) * ratioR sigma < ratioR v * ratioR v.
Proof.
  intros C x y W.
  destruct (covered_ok pr deg (room_matrix v) (fun _ _ => True) (fun x y => ratioR v * ratioR v - ratioR sigma * ev ea (env2 x y)) (fun _ _ => 0)
    (fun x y => ratioR v * ratioR v - ratioR sigma * ev ec (env2 x y))) with (2 := C) (3 := W) as [_ P];
    [|destruct P as [P1 P2]; rewrite Rmult_0_l, Rminus_0_r in P2; assert (P3 := factor_pos' _ _ P2 P1); lra].
  clear. intros m z X Y x y Hz HX HY. assert (N := jets_near pr deg m z Hz X Y x y HX HY).
  assert (F : forall e, holds m pr (msub m (mconst m pr (fst v * fst v)%Z (snd v * snd v)%positive)
      (mscale m (fst sigma) (snd sigma) (val m (jets m pr deg one 2 e (at_point pr X Y))))) z
    (ratioR v * ratioR v - ratioR sigma * ev e (env2 x y))).
  { intro e. destruct (N e) as (A & _). apply msub_ok; [|now apply mscale_ok].
    apply holds_eq with (1 := mconst_ok m pr z _ _). assert (P := den_pos (snd v)). unfold ratioR. rewrite Pos2Z.inj_mul, !mult_IZR. field. lra. }
  split; [|easy]. unfold room_matrix. cbv zeta. repeat split; cbn [m11 m12 m22]; [apply F | apply (mint_ok m pr z 0) | apply F].
Qed.

(* ---- No path leaves the boxes ---- *)

Lemma rooms_final l : forall B, planar B = true -> rooms B l = true -> planar (final B l) = true /\
  cover (metric_leaf pr deg ea eb ec) fuel (expand margin (final B l)) = true.
Proof.
  induction l as [|[[d m] h] r IH]; intros B HB H; [easy|]. cbn [rooms] in H. apply andb_prop in H. destruct H as [_ H].
  cbn [final]. apply IH; [now apply planar_expand | easy].
Qed.
Lemma step_numbers d m h : (below (times m h) d && (0 <=? fst m)%Z && (0 <=? fst h)%Z)%bool = true ->
  ratioR m * ratioR h < ratioR d /\ 0 <= ratioR m /\ 0 <= ratioR h /\ 0 < ratioR d.
Proof.
  intro H. apply andb_prop in H. destruct H as [H Hh]. apply andb_prop in H. destruct H as [H Hm].
  apply below_ok in H. rewrite times_ok in H. apply Z.leb_le, IZR_le in Hh, Hm.
  assert (N : forall r : ratio, 0 <= IZR (fst r) -> 0 <= ratioR r).
  { intros r Hr. unfold ratioR. apply Rmult_le_pos; [easy|]. left. apply Rinv_0_lt_compat, den_pos. }
  assert (M := N m Hm). assert (K := N h Hh). assert (0 <= ratioR m * ratioR h) by now apply Rmult_le_pos. lra.
Qed.
Lemma within_final l : forall B x y, planar B = true -> rooms B l = true -> within B 0 (env2 x y) -> within (final B l) 0 (env2 x y).
Proof.
  induction l as [|[[d m] h] r IH]; intros B x y HB H W; [easy|]. cbn [rooms] in H. apply andb_prop in H. destruct H as [H Hr].
  apply andb_prop in H. destruct H as [H _]. destruct (step_numbers _ _ _ H) as (_ & _ & _ & Hd).
  cbn [final]. apply IH; [now apply planar_expand | easy|]. apply (within_expand d B x y); try easy; rewrite Rminus_eq_0, Rabs_R0; lra.
Qed.

Section Path.
Variables (x y vx vy : R -> R) (t : R).
Hypothesis moving : forall s, 0 <= s <= t -> is_derive x s (vx s) /\ is_derive y s (vy s).
Hypothesis slow : forall m, 0 <= m -> forall s, 0 <= s <= t -> ev ea (env2 (x s) (y s)) * ratioR sigma < m * m ->
  ev ec (env2 (x s) (y s)) * ratioR sigma < m * m -> Rabs (vx s) <= m /\ Rabs (vy s) <= m.
Lemma path_inside l : forall B s0, planar B = true -> rooms B l = true -> 0 <= s0 <= t -> within B 0 (env2 (x s0) (y s0)) ->
  forall s, s0 <= s <= t -> s <= s0 + ratioR (duration l) -> within (final B l) 0 (env2 (x s) (y s)).
Proof.
  induction l as [|[[d m] h] r IH]; intros B s0 HB H H0 W s Hs HT.
  - cbn [duration final] in *. unfold ratioR in HT. cbn [fst snd] in HT. replace (0 / 1) with 0 in HT by field. now replace s with s0 by lra.
  - cbn [rooms] in H. apply andb_prop in H. destruct H as [H Hr]. apply andb_prop in H. destruct H as [H Hc].
    destruct (step_numbers _ _ _ H) as (Hmh & Hm & Hh & Hd). cbn [duration] in HT. rewrite add_ratio_ok in HT. cbn [final].
    assert (N : forall z, s0 <= z <= Rmin t (s0 + ratioR h) -> within (expand d B) 0 (env2 (x z) (y z))).
    { intros z Hz. destruct (stays_near x y vx vy s0 (ratioR h) (ratioR m) (ratioR d) t) with (s := z) as [X Y]; try easy.
      - intros q Hq Xq Yq. assert (Wq : within (expand d B) 0 (env2 (x q) (y q))) by now apply (within_expand d B (x s0) (y s0)).
        destruct (room_covered m (expand d B) Hc _ _ Wq). now apply slow.
      - apply (within_expand d B (x s0) (y s0)); try easy; lra. }
    destruct (Rle_or_lt s (s0 + ratioR h)) as [Hle|Hlt].
    + apply within_final; [now apply planar_expand | easy|]. apply N. split; [lra|]. apply Rmin_glb; lra.
    + apply (IH (expand d B) (s0 + ratioR h)); [now apply planar_expand | easy | lra | | lra | lra].
      apply N. split; [lra|]. apply Rmin_glb; lra.
Qed.
End Path.
End Room.

Section Solutions.
Variables (a b c u0 : R -> R -> R) (pr : positive) (deg fuel : nat) (ea eb ec eu : expr) (sigma : ratio).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
Theorem surface_solutions T B l : 0 < ratioR T -> room pr deg fuel ea eb ec eu sigma T B l = true ->
  (forall x y, within B 0 (env2 x y) -> locally_2d (fun x y => u0 x y = ev eu (env2 x y)) x y) ->
  forall x0 y0, within B 0 (env2 x0 y0) ->
  exists x y p r X1 Y1 P1 R1 X2 Y2 P2 R2,
    characteristic (kinetic a b c) u0 (regular ea eb ec) x0 y0 (ratioR T) x y p r X1 Y1 P1 R1 X2 Y2 P2 R2.
Proof.
  intros HT C Hu x0 y0 W. unfold room in C. apply andb_prop in C. destruct C as [C Hr]. apply andb_prop in C. destruct C as [C Hs].
  apply andb_prop in C. destruct C as [HB Hd]. apply below_ok in Hd.
  destruct (speed_covered pr deg fuel ea eb ec eu sigma B Hs x0 y0 W) as [D S].
  destruct (has_jet_near u0 eu x0 y0 D (Hu x0 y0 W)) as (J1 & J2 & _).
  destruct (rooms_final pr deg fuel ea eb ec sigma l B HB Hr) as [HF HM]. set (F := final B l) in *.
  assert (PE := planar_expand margin F HF). set (G := expand margin F) in *.
  assert (M := metric_covered pr deg ea eb ec fuel G HM).
  assert (E0 := expand_ends margin F 0 HF ltac:(lia)). assert (E1 := expand_ends margin F 1 HF ltac:(lia)). fold G in E0, E1.
  assert (Q : 0 < ratioR margin) by (unfold ratioR, margin; cbn [fst snd]; lra).
  assert (Inner : forall x y, within F 0 (env2 x y) -> fst (ends G 0) < x < snd (ends G 0) /\ fst (ends G 1) < y < snd (ends G 1)).
  { intros x y Wf. apply planar_within in Wf; [|easy]. rewrite E0, E1. cbn [fst snd]. lra. }
  assert (R : forall x y, rectangle (fst (ends G 0)) (snd (ends G 0)) (fst (ends G 1)) (snd (ends G 1)) x y -> regular ea eb ec x y).
  { intros x y Rxy. apply M. now apply planar_within. }
  assert (W0 := within_final pr deg fuel ea eb ec sigma l B x0 y0 HB Hr W).
  apply (characteristic_exists a b c u0 ea eb ec Ha Hb Hc _ _ _ _ R x0 y0 (dx u0 x0 y0) (dy u0 x0 y0) (ratioR T)); [now apply Inner | lra | easy|].
  intros t x y p r Ht K. apply Inner.
  assert (En := energy_constant a b c ea eb ec Ha Hb Hc _ _ _ _ x0 y0 (dx u0 x0 y0) (dy u0 x0 y0) t x y p r K).
  assert (Es : SurfaceExist.sigma ea eb ec x0 y0 (dx u0 x0 y0) (dy u0 x0 y0) < ratioR sigma).
  { unfold SurfaceExist.sigma, A11, A12, A22. rewrite J1, J2. unfold speed2, vel1, vel2 in S. cbn [jv jx jy jet2_of] in *. lra. }
  destruct K as (path & In & X0 & Y0 & _).
  apply (path_inside pr deg fuel ea eb ec sigma x y _ _ t (velocity a b c ea eb ec Ha Hb Hc t x y p r path)) with (s0 := 0) (B := B); try easy; try lra; [|now rewrite X0, Y0].
  intros m Hm s Hs' A1 A2. destruct (speed_bounds _ _ _ (p s) (r s) (proj2 (R _ _ (In s Hs')))) as (B1 & B2 & _).
  specialize (En s Hs'). unfold A11, A12, A22 in En. rewrite En in B1, B2.
  assert (P := proj2 (R _ _ (In s Hs'))). assert (Pc := posdef_last _ _ _ P). destruct P as [Pa _].
  unfold v, w. split; (apply below_square; [easy|]);
    (eapply Rle_trans; [eassumption|]); (eapply Rle_trans; [apply Rmult_le_compat_l; [left; eassumption | left; exact Es]|]); lra.
Qed.
End Solutions.
Lemma characteristic_shorter H u0 chart x0 y0 T T' x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 : T' <= T ->
  characteristic H u0 chart x0 y0 T x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 -> characteristic H u0 chart x0 y0 T' x y p r X1 Y1 P1 R1 X2 Y2 P2 R2.
Proof.
  intros HT (K & L1 & L2 & I). split; [intros t Ht; apply K; lra|]. split; [intros t Ht; apply L1; lra|].
  split; [intros t Ht; apply L2; lra | exact I].
Qed.
Print Assumptions surface_solutions.
