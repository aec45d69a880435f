(* Existence of characteristics over a box, by following them. The kernel encloses the solutions of Hamilton's equations from small
   boxes of starts, as far as to see that none leaves a rectangle G on which A is positive definite. SurfaceRoom.v bounds the speed
   only; this knows the direction as well.

   A step takes a ball S of states (centres and radii, coordinate by coordinate) to a ball S' in the time h. All is well if the
   rates of change on a larger ball W, enclosed by Taylor models in the four coordinates, do not lead out of W.

   tube_solutions: if the search succeeds on B until the time T, the characteristics over [0, T] from all points of B exist. *)
From Coq Require Import Reals Lra Lia ZArith List Bool.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Expr Jet Cover Flat Search2 Surface SurfaceSearch Kinetic SurfaceFlow SurfaceExist SurfaceRoom.
From Caustic Require Flow.
Import ListNotations.
Open Scope R_scope.

Section Tube.
Variables (pr : positive) (deg : nat) (ea eb ec eu : expr) (G : box).
Notation unit := (unit pr).
Notation U := (IZR unit).

(* ---- Balls ---- *)

Definition ball : Type := list (Z * Z).
Definition mid (S : ball) (i : nat) : Z := fst (nth i S (0, 0)%Z).
Definition radius (S : ball) (i : nat) : Z := snd (nth i S (0, 0)%Z).
Definition made (f g : nat -> Z) : ball := map (fun i => (f i, g i)) (seq 0 4).
Definition in_ball (S : ball) (v : nat -> R) : Prop := forall i, (i < 4)%nat -> Rabs (v i * U - IZR (mid S i)) <= IZR (radius S i).
Definition range {m} (T : model m) : Z * Z := (head m (body T), bound m (mrest m T)).

Lemma mid_made f g i : (i < 4)%nat -> mid (made f g) i = f i.
Proof. intro H. unfold mid, made. now rewrite nth_map_seq. Qed.
Lemma radius_made f g i : (i < 4)%nat -> radius (made f g) i = g i.
Proof. intro H. unfold radius, made. now rewrite nth_map_seq. Qed.
Lemma range_ok m z (T : model m) y : (forall i, Rabs (z i) <= 1) -> holds m pr T z y -> valid T = true ->
  Rabs (y * U - IZR (fst (range T))) <= IZR (snd (range T)).
Proof.
  intros Hz H V. assert (B := bound_ok m pr z Hz _ _ (mrest_ok m pr z T y H) V). assert (HU := U_pos pr). cbn [range fst snd].
  replace (y * U - _) with ((y - IZR (head m (body T)) / U) * U) by (field; lra). exact B.
Qed.

(* ---- Hamilton's equations on a ball ---- *)

Definition hull (S : ball) (i : nat) : model 4 := mvar 4 pr i (mid S i) (radius S i) (Z.to_pos unit).
Definition rates (S : ball) : list (model 4) :=
  let J e := jets 4 pr deg one 2 e (at_point pr (hull S 0) (hull S 1)) in let mul := mmul 4 pr deg one in
  let A := J ea in let B := J eb in let C := J ec in let p := hull S 2 in let r := hull S 3 in
  let pp := mul p p in let qr := mtimes 4 2 (mul p r) in let rr := mul r r in
  let force k := mscale 4 (-1) 2 (madd 4 (dot pr deg (g_ 4 A k) pp (g_ 4 B k) qr) (mul (g_ 4 C k) rr)) in
  [dot pr deg (val 4 A) p (val 4 B) r; dot pr deg (val 4 B) p (val 4 C) r; force 0%nat; force 1%nat].
Notation rate := (SurfaceExist.field ea eb ec).

Lemma rates_ok S v i : (forall k, (k < 4)%nat -> (0 < radius S k)%Z) -> in_ball S v -> (i < 4)%nat ->
  valid (nth i (rates S) (mfail 4)) = true ->
  let F := range (nth i (rates S) (mfail 4)) in Rabs (rate i v * U - IZR (fst F)) <= IZR (snd F).
Proof.
  intros HS Hv Hi V F. assert (HU := U_pos pr).
  set (z := fun k => if (k <? 4)%nat then (v k * U - IZR (mid S k)) / IZR (radius S k) else 0).
  assert (E : forall k, (k < 4)%nat -> v k = IZR (mid S k) / U + IZR (radius S k) / U * z k).
  { intros k Hk. unfold z. destruct (Nat.ltb_spec k 4); [|lia]. assert (P := IZR_lt _ _ (HS k Hk)). field. lra. }
  assert (Hz : forall k, Rabs (z k) <= 1).
  { intro k. unfold z. destruct (Nat.ltb_spec k 4) as [Hk|]; [|rewrite Rabs_R0; lra]. assert (P := IZR_lt _ _ (HS k Hk)).
    unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (left; now apply Rinv_0_lt_compat).
    apply Rmult_le_reg_r with (IZR (radius S k)); [easy|]. rewrite Rmult_assoc, Rinv_l by lra. specialize (Hv k Hk). lra. }
  assert (Hh : forall k, (k < 4)%nat -> holds 4 pr (hull S k) z (v k)).
  { intros k Hk. eapply holds_eq; [now apply mvar_ok|]. rewrite Z2Pos.id by apply unit_pos. symmetry. now apply E. }
  apply (range_ok 4 z _ _ Hz); [|exact V]. clear F V.
  assert (HX := Hh 0%nat ltac:(lia)). assert (HY := Hh 1%nat ltac:(lia)). assert (HP := Hh 2%nat ltac:(lia)). assert (HR := Hh 3%nat ltac:(lia)).
  assert (J := jets_near pr deg 4 z Hz _ _ _ _ HX HY). destruct (J ea) as (A0 & A1 & A2 & _), (J eb) as (B0 & B1 & B2 & _), (J ec) as (C0 & C1 & C2 & _).
  cbn [jv jx jy jet2_of] in *. unfold rates. cbv zeta.
  assert (PP := mmul_ok 4 pr deg one z Hz _ _ _ _ HP HP). assert (RR := mmul_ok 4 pr deg one z Hz _ _ _ _ HR HR).
  assert (QR := mtimes_ok 4 pr z 2 _ _ (mmul_ok 4 pr deg one z Hz _ _ _ _ HP HR)).
  destruct i as [|[|[|[|i]]]]; [| | | |lia]; cbn [nth SurfaceExist.field]; unfold linear_p, linear_r, quadratic.
  1,2: now apply dot_ok.
  1,2: eapply holds_eq; [apply (mscale_ok 4 pr z Hz (-1) 2); apply madd_ok; [apply dot_ok | apply mmul_ok]; eassumption | field].
Qed.

(* ---- Steps ---- *)

(* A guess of W from rates V near by, which `step_ok` judges *)
Definition guess (h : Z) (V S : ball) : ball :=
  let go i := (h * mid V i / unit)%Z in
  made (fun i => (mid S i + go i / 2)%Z)
       (fun i => (radius S i + 9 * Z.abs (go i) / 16 + 3 * (h * radius V i / unit) / 2 + h / 64 + 4)%Z).
Definition move (h : Z) (V : ball) (i : nat) : Z := (h * mid V i / unit)%Z.
Definition spread (h : Z) (V : ball) (i : nat) : Z := (cdiv (h * radius V i) unit + 1)%Z.
Definition after (h : Z) (S V : ball) : ball :=
  made (fun i => (mid S i + move h V i)%Z) (fun i => (radius S i + spread h V i)%Z).
Definition step_ok (h : Z) (S W : ball) (F : list (model 4)) : bool :=
  let V := map range F in
  ((0 <? h) && forallb (fun i => valid (nth i F (mfail 4)) && (0 <? radius W i) && (0 <=? radius V i) &&
     (Z.abs (mid S i - mid W i) + radius S i + spread h V i <? radius W i) &&
     (Z.abs (mid S i + move h V i - mid W i) + radius S i + spread h V i <? radius W i)) (seq 0 4))%Z%bool.

Section Step.
Variables (x : nat -> R -> R) (t : R).
Definition solution : Prop := forall s, 0 <= s <= t -> forall i, (i < 4)%nat -> is_derive (x i) s (rate i (fun j => x j s)).
Hypothesis x_solution : solution.
Notation at_ s := (fun i => x i s).

(* up to the fraction L of the step, if the solution is not known to last longer *)
Lemma step_inside h S W a L : let F := rates W in let k := IZR h / U in
  step_ok h S W F = true -> in_ball S (at_ a) -> 0 <= a -> 0 <= L <= 1 -> a + L * k <= t ->
  0 < k /\ in_ball W (at_ (a + L * k)) /\ (L = 1 -> in_ball (after h S (map range F)) (at_ (a + k))).
Proof.
  intros F k Hok HS Ha HL Ht. unfold step_ok in Hok. set (V := map range F) in *. assert (HU := U_pos pr).
  apply andb_prop in Hok. destruct Hok as [Hh Hok]. apply Z.ltb_lt, IZR_lt in Hh. rewrite forallb_forall in Hok.
  assert (Hk : 0 < k) by (apply Rmult_lt_0_compat; [easy | now apply Rinv_0_lt_compat]).
  assert (K : forall i, (i < 4)%nat -> valid (nth i F (mfail 4)) = true /\ (0 < radius W i)%Z /\ 0 <= IZR (radius V i) /\
    Rabs (IZR (mid S i) - IZR (mid W i)) + IZR (radius S i) + IZR (spread h V i) + 1 <= IZR (radius W i) /\
    Rabs (IZR (mid S i) + IZR (move h V i) - IZR (mid W i)) + IZR (radius S i) + IZR (spread h V i) + 1 <= IZR (radius W i)).
  { intros i Hi. assert (Q := Hok i). rewrite in_seq in Q. specialize (Q ltac:(lia)).
    apply andb_prop in Q. destruct Q as [Q Q5]. apply andb_prop in Q. destruct Q as [Q Q4]. apply andb_prop in Q. destruct Q as [Q Q3].
    apply andb_prop in Q. destruct Q as [Q1 Q2]. apply Z.ltb_lt in Q2, Q4, Q5. apply Z.leb_le, IZR_le in Q3.
    rewrite <- !plus_IZR, <- !minus_IZR, <- !abs_IZR, <- !plus_IZR. repeat split; try assumption; apply IZR_le; lia. }
  set (e := fun i u => x i (a + u * (L * k)) * U - (IZR (mid S i) + u * (L * IZR (move h V i)))).
  set (de := fun i u => L * (k * rate i (at_ (a + u * (L * k))) * U - IZR (move h V i))).
  assert (Spread : forall i, 0 <= IZR (radius V i) -> 0 <= k * IZR (radius V i) + 1 <= IZR (spread h V i)).
  { intros i P. unfold spread. rewrite plus_IZR. assert (C := cdiv_ok (h * radius V i) unit (unit_pos pr)). rewrite mult_IZR in C.
    assert (0 <= k * IZR (radius V i)) by (apply Rmult_le_pos; lra).
    replace (k * IZR (radius V i)) with (IZR h * IZR (radius V i) / U) in * by (unfold k; field; lra). lra. }
  (* the tube lies in W *)
  assert (In : forall u, 0 <= u <= 1 -> (forall i, (i < 4)%nat -> Rabs (e i u) <= IZR (radius S i) + IZR (spread h V i) + 1) ->
    in_ball W (at_ (a + u * (L * k)))).
  { intros u Hu He i Hi. specialize (He i Hi). destruct (K i Hi) as (_ & _ & _ & K4 & K5). unfold e in He.
    set (q := u * L). assert (Hq : 0 <= q <= 1) by (unfold q; nra).
    replace (u * (L * IZR (move h V i))) with (q * IZR (move h V i)) in He by (unfold q; ring).
    set (m := IZR (move h V i)) in *. set (c := IZR (mid S i)) in *. set (d := IZR (mid W i)) in *. set (y := x i _ * U) in *.
    assert (C : Rabs (c + q * m - d) <= IZR (radius W i) - (IZR (radius S i) + IZR (spread h V i) + 1)).
    { replace (c + q * m - d) with ((1 - q) * (c - d) + q * (c + m - d)) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult, (Rabs_pos_eq (1 - q)), (Rabs_pos_eq q) by lra. nra. }
    replace (y - d) with ((y - (c + q * m)) + (c + q * m - d)) by ring. apply Rle_trans with (1 := Rabs_triang _ _). lra. }
  assert (T : forall u, 0 <= u <= 1 -> (forall i, (i < 4)%nat -> Rabs (e i u) < IZR (radius S i) + IZR (spread h V i) + 1) /\
    forall i, (i < 4)%nat -> Rabs (e i u) <= IZR (radius S i) + IZR (spread h V i)).
  { apply (Flow.tube 4 e de (fun i => IZR (radius S i)) (fun i => IZR (spread h V i)) (fun i => IZR (radius S i) + IZR (spread h V i) + 1)).
    - intros i Hi u Hu. unfold e, de.
      assert (D : is_derive (fun u => x i (a + u * (L * k))) u (L * k * rate i (at_ (a + u * (L * k))))).
      { apply (is_derive_comp (x i) (fun u => a + u * (L * k))); [|auto_derive; [easy | ring]]. apply x_solution; [|easy]. assert (0 <= L * k) by (apply Rmult_le_pos; lra). nra. }
      apply is_derive_ext with (fun u => U * x i (a + u * (L * k)) - (IZR (mid S i) + u * (L * IZR (move h V i)))).
      { intro w. Flow.reals. ring. }
      apply is_derive_eq with (U * (L * k * rate i (at_ (a + u * (L * k)))) - L * IZR (move h V i)); [|ring].
      apply (is_derive_minus (fun u => U * x i (a + u * (L * k)))); [now apply (is_derive_scal (fun u => x i (a + u * (L * k))))|].
      auto_derive; [easy | ring].
    - intros i Hi. unfold e. rewrite !Rmult_0_l, !Rplus_0_r. exact (HS i Hi).
    - intros u Hu He i Hi. destruct (K i Hi) as (V1 & _ & V3 & _). destruct (Spread i V3) as [_ Sp].
      assert (Q := rates_ok W _ i (fun k Hk => proj1 (proj2 (K k Hk))) (In u Hu (fun j Hj => Rlt_le _ _ (He j Hj))) Hi V1). cbv zeta in Q.
      assert (EV : nth i V (0, 0)%Z = range (nth i F (mfail 4))).
      { unfold V. rewrite nth_indep with (d' := range (mfail 4)) by (rewrite map_length; exact Hi). apply map_nth. }
      fold F in Q. rewrite <- EV in Q. fold (mid V i) (radius V i) in Q.
      unfold de. rewrite Rabs_mult, (Rabs_pos_eq L) by easy. set (y := rate i _) in *.
      assert (M : Rabs (k * IZR (mid V i) - IZR (move h V i)) <= 1).
      { unfold move. assert (C := floor_ok (h * mid V i) unit (unit_pos pr)). rewrite mult_IZR in C.
        replace (k * IZR (mid V i)) with (IZR h * IZR (mid V i) / U) by (unfold k; field; lra). exact C. }
      assert (B : Rabs (k * y * U - IZR (move h V i)) <= IZR (spread h V i)).
      { replace (k * y * U - _) with (k * (y * U - IZR (mid V i)) + (k * IZR (mid V i) - IZR (move h V i))) by ring.
        apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_mult, (Rabs_pos_eq k) by lra. nra. }
      assert (P := Rabs_pos (k * y * U - IZR (move h V i))). nra.
    - intros i Hi. lra.
    - intros i Hi. destruct (K i Hi) as (_ & _ & V3 & _). assert (Q := Spread i V3). lra. }
  destruct (T 1 ltac:(lra)) as [T1 T2]. split; [easy|]. split.
  - rewrite <- (Rmult_1_l (L * k)). apply (In 1 ltac:(lra)). intros i Hi. left. now apply T1.
  - intros -> i Hi. unfold after. rewrite mid_made, radius_made, !plus_IZR by easy. specialize (T2 i Hi). unfold e in T2. rewrite !Rmult_1_l in T2. exact T2.
Qed.
End Step.

(* ---- The search ---- *)

Definition inside (W : ball) : bool :=
  let between i s := let '(lo, hi, d) := s in
    ((lo * unit <? (mid W i - radius W i) * Zpos d) && ((mid W i + radius W i) * Zpos d <? hi * unit))%Z%bool in
  match G with [s; s'] => (between 0%nat s && between 1%nat s')%bool | _ => false end.
Definition fine (h : Z) (S W : ball) (F : list (model 4)) : bool := (inside W && step_ok h S W F)%bool.
(* with the rates of the step before, or else those of a first trial *)
Definition trial (h : Z) (V S : ball) : ball * list (model 4) :=
  let W := guess h V S in let F := rates W in
  if fine h S W F then (W, F) else let W' := guess h (map range F) S in (W', rates W').
Fixpoint stays (hs : list Z) (V S : ball) : bool :=
  match hs with
  | [] => true
  | h :: l => let (W, F) := trial h V S in let V' := map range F in
      if fine h S W F then stays l V' (after h S V') else false
  end.
Lemma trial_rates h V S : snd (trial h V S) = rates (fst (trial h V S)).
Proof. unfold trial. now destruct (fine _ _ _ _). Qed.
Definition tube_leaf (hs : list Z) (B : box) : bool :=
  match B with
  | [s; s'] =>
      let X := axis pr 0 s in let Y := axis pr 1 s' in let J := jets 2 pr deg one 2 eu (at_point pr X Y) in
      (proper s && proper s' && valid (val 2 J) && valid (g_ 2 J 0) && valid (g_ 2 J 1)
        && let S := [range X; range Y; range (g_ 2 J 0); range (g_ 2 J 1)] in stays hs (map range (rates S)) S)%bool
  | _ => false
  end.
Definition total (hs : list Z) : ratio := (fold_right Z.add 0%Z hs, Z.to_pos unit).

Definition strictly (x y : R) : Prop := fst (ends G 0) < x < snd (ends G 0) /\ fst (ends G 1) < y < snd (ends G 1).
Lemma inside_ok W v : inside W = true -> in_ball W v -> strictly (v 0%nat) (v 1%nat).
Proof.
  intros I H. unfold inside in I. unfold strictly, ends. assert (HU := U_pos pr).
  assert (B : forall i lo hi d, (i < 4)%nat ->
    ((lo * unit <? (mid W i - radius W i) * Zpos d) && ((mid W i + radius W i) * Zpos d <? hi * unit))%Z%bool = true ->
    IZR lo / IZR (Zpos d) < v i < IZR hi / IZR (Zpos d)).
  { intros i lo hi d Hi E. apply andb_prop in E. destruct E as [E1 E2]. apply Z.ltb_lt, IZR_lt in E1, E2.
    rewrite !mult_IZR, minus_IZR in E1. rewrite !mult_IZR, plus_IZR in E2. specialize (H i Hi). assert (P := den_pos d).
    apply Rabs_le_between in H. set (D := IZR (Zpos d)) in *.
    split; apply Rmult_lt_reg_r with (D * U); try (now apply Rmult_lt_0_compat).
    - replace (IZR lo / D * (D * U)) with (IZR lo * U) by (field; lra). nra.
    - replace (IZR hi / D * (D * U)) with (IZR hi * U) by (field; lra). nra. }
  destruct G as [|[[l1 h1] d1] [|[[l2 h2] d2] [|]]]; try discriminate I. cbn [nth fst snd].
  apply andb_prop in I. destruct I as [I1 I2]. split; apply B; (assumption || lia).
Qed.
Lemma total_cons h l : ratioR (total (h :: l)) = IZR h / U + ratioR (total l).
Proof.
  unfold ratioR, total. cbn [fst snd fold_right]. rewrite Z2Pos.id by apply unit_pos. rewrite plus_IZR. unfold Rdiv. ring.
Qed.
Lemma stays_sound x t : solution x t -> forall hs V S a, 0 <= a -> stays hs V S = true -> in_ball S (fun i => x i a) ->
  forall r, a <= r <= t -> r < a + ratioR (total hs) -> strictly (x 0%nat r) (x 1%nat r).
Proof.
  intros Hsol. induction hs as [|h l IH]; intros V S a Ha H Hin r Hr HT.
  - unfold ratioR, total in HT. cbn [fold_right fst snd] in HT. unfold Rdiv in HT. rewrite Rmult_0_l in HT. lra.
  - cbn [stays] in H. assert (EF := trial_rates h V S). destruct (trial h V S) as [W F]. cbn [fst snd] in EF. subst F.
    cbv zeta in H. set (F := rates W) in *. destruct (fine h S W F) eqn:E in H; [|discriminate H].
    unfold fine in E. apply andb_prop in E. destruct E as [E1 E2].
    rewrite total_cons in HT. assert (K := step_inside x t Hsol h S W a). cbv zeta in K. fold F in K. set (k := IZR h / U) in *.
    destruct (Rle_or_lt r (a + k)) as [Hle|Hlt].
    + destruct (Req_dec r a) as [->|Hne].
      * destruct (K 0 E2 Hin Ha ltac:(lra) ltac:(lra)) as (_ & Q & _). rewrite Rmult_0_l, Rplus_0_r in Q.
        exact (inside_ok W _ E1 Q).
      * assert (Er : r = a + (r - a) / k * k) by (field; lra).
        assert (HL : 0 <= (r - a) / k <= 1).
        { split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]|].
          apply Rmult_le_reg_r with k; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
        destruct (K ((r - a) / k) E2 Hin Ha HL ltac:(lra)) as (_ & Q & _). rewrite <- Er in Q. exact (inside_ok W _ E1 Q).
    + destruct (K 1 E2 Hin Ha ltac:(lra) ltac:(lra)) as (P & _ & Q). apply (IH _ _ (a + k) ltac:(lra) H (Q eq_refl)); lra.
Qed.

(* the solutions from (x0, y0, du0) until t *)
Definition from_start (x0 y0 t : R) (x : nat -> R -> R) : Prop :=
  solution x t /\ x 0%nat 0 = x0 /\ x 1%nat 0 = y0 /\ x 2%nat 0 = gr eu 0 (env2 x0 y0) /\ x 3%nat 0 = gr eu 1 (env2 x0 y0).
Definition held (hs : list Z) (x0 y0 : R) : Prop := defined eu (env2 x0 y0) /\
  forall t x, from_start x0 y0 t x -> 0 <= t < ratioR (total hs) -> strictly (x 0%nat t) (x 1%nat t).
Lemma tube_leaf_ok hs B : tube_leaf hs B = true -> forall q, within B 0 q -> held hs (q 0%nat) (q 1%nat).
Proof.
  intros E q Hq. destruct B as [|[[lo hi] d] [|[[lo' hi'] d'] [|s r]]]; try discriminate E. cbn [tube_leaf] in E. cbv zeta in E.
  apply andb_prop in E. destruct E as [E St]. apply andb_prop in E. destruct E as [E V1]. apply andb_prop in E. destruct E as [E V0].
  apply andb_prop in E. destruct E as [E V]. apply andb_prop in E. destruct E as [H1 H2].
  unfold proper in H1, H2. apply Z.ltb_lt in H1, H2. destruct Hq as [Q1 [Q2 _]].
  destruct (coordinate lo hi d _ H1 Q1) as [z1 [Z1 E1]]. destruct (coordinate lo' hi' d' _ H2 Q2) as [z2 [Z2 E2]].
  set (z := pick z1 z2). assert (Hz : forall i, Rabs (z i) <= 1) by now apply pick_le.
  assert (AX := axis_ok pr 0 lo hi d z (q 0%nat) ltac:(lia) Hz E1). assert (AY := axis_ok pr 1 lo' hi' d' z (q 1%nat) ltac:(lia) Hz E2).
  assert (A := at_point_ok pr 2 z _ _ _ _ AX AY). split; [now apply (jet_defined 2 pr deg one 2 z Hz eu _ _ A)|].
  destruct (jet_ok 2 pr deg one 2 z Hz eu _ _ A) as (_ & J & _).
  intros t x (Hsol & I1 & I2 & I3 & I4) Ht.
  apply (stays_sound x t Hsol hs _ _ 0 (Rle_refl 0) St); [|lra | lra].
  intros i Hi. unfold mid, radius. destruct i as [|[|[|[|i]]]]; [| | | |lia]; cbn [nth]; rewrite ?I1, ?I2, ?I3, ?I4;
    (apply (range_ok 2 z); [exact Hz | |]); [exact AX | easy | exact AY | easy | apply J; lia | exact V0 | apply J; lia | exact V1].
Qed.
Lemma tube_covered hs fuel B : cover (tube_leaf hs) fuel B = true -> forall x0 y0, within B 0 (env2 x0 y0) -> held hs x0 y0.
Proof.
  intros C x0 y0 W. exact (cover_ok (fun q => held hs (q 0%nat) (q 1%nat)) (tube_leaf hs) (tube_leaf_ok hs) fuel B C (env2 x0 y0) W).
Qed.
End Tube.

Section Solutions.
Variables (a b c u0 : R -> R -> R) (pr : positive) (deg fuel : nat) (ea eb ec eu : expr).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
(* n equal steps *)
Definition tube_steps (T : ratio) (n : nat) : list Z := repeat (fst T * unit pr / Zpos (snd T) / Z.of_nat n + 1)%Z n.
Definition tube (T : ratio) (B G : box) (n : nat) : bool :=
  (planar G && below T (total pr (tube_steps T n)) && cover (metric_leaf pr deg ea eb ec) fuel G
    && cover (tube_leaf pr deg ea eb ec eu G (tube_steps T n)) fuel B)%bool.

Theorem tube_solutions T B G n : 0 < ratioR T -> tube T B G n = true ->
  (forall x y, within B 0 (env2 x y) -> locally_2d (fun x y => u0 x y = ev eu (env2 x y)) x y) ->
  forall x0 y0, within B 0 (env2 x0 y0) ->
  exists x y p r X1 Y1 P1 R1 X2 Y2 P2 R2,
    characteristic (kinetic a b c) u0 (regular ea eb ec) x0 y0 (ratioR T) x y p r X1 Y1 P1 R1 X2 Y2 P2 R2.
Proof.
  intros HT C Hu x0 y0 W. unfold tube in C. set (hs := tube_steps T n) in *. apply andb_prop in C. destruct C as [C Ct].
  apply andb_prop in C. destruct C as [C Cm]. apply andb_prop in C. destruct C as [HG Hd]. apply below_ok in Hd.
  destruct (tube_covered pr deg ea eb ec eu G hs fuel B Ct x0 y0 W) as [D S].
  destruct (has_jet_near u0 eu x0 y0 D (Hu x0 y0 W)) as (J1 & J2 & _). cbn [jx jy jet2_of] in J1, J2.
  assert (R : forall x y, rectangle (fst (ends G 0)) (snd (ends G 0)) (fst (ends G 1)) (snd (ends G 1)) x y -> regular ea eb ec x y).
  { intros x y Rxy. apply (metric_covered pr deg ea eb ec fuel G Cm). now apply planar_within. }
  (* at the start a line through it will do *)
  assert (I0 : strictly G x0 y0).
  { set (v := fun i => nth i [x0; y0; gr eu 0 (env2 x0 y0); gr eu 1 (env2 x0 y0)] 0).
    set (x := fun i t => v i + t * SurfaceExist.field ea eb ec i v).
    assert (E : forall i, x i 0 = v i) by (intro; unfold x; ring).
    assert (Q : strictly G (x 0%nat 0) (x 1%nat 0)); [|now rewrite !E in Q].
    apply S; [|lra]. split; [|repeat split; apply E]. intros s Hs i Hi. replace s with 0 by lra.
    replace (fun j => x j 0) with v by (apply FunctionalExtensionality.functional_extensionality; intro; symmetry; apply E).
    unfold x. auto_derive; [easy | ring]. }
  apply (characteristic_exists a b c u0 ea eb ec Ha Hb Hc _ _ _ _ R x0 y0 (dx u0 x0 y0) (dy u0 x0 y0) (ratioR T));
    [exact I0 | lra | easy|].
  intros t x y p r Ht (path & _ & E1 & E2 & E3 & E4). rewrite J1 in E3. rewrite J2 in E4.
  apply (S t (fun i => nth i [x; y; p; r] (fun _ => 0))); [|lra]. split; [|easy].
  intros s Hs i Hi. destruct (path s Hs) as ((OK & _) & Ex & Ey & Ep & Er).
  rewrite (kinetic_p a b c ea eb ec Ha Hb Hc) in Ex. rewrite (kinetic_r a b c ea eb ec Ha Hb Hc) in Ey.
  rewrite (kinetic_x a b c ea eb ec Ha Hb Hc _ _ _ _ OK) in Ep. rewrite (kinetic_y a b c ea eb ec Ha Hb Hc _ _ _ _ OK) in Er.
  destruct i as [|[|[|[|i]]]]; [| | | |lia]; assumption.
Qed.
End Solutions.
Print Assumptions tube_solutions.
