(* The characteristics of SurfaceFlow.v exist. Let A be positive definite on a rectangle about (x0, y0).

   characteristic_exists: if no solution of Hamilton's equations from (x0, y0, du0) can be the first to leave the interior of the
   rectangle before T, then the characteristic of u0 from (x0, y0) over [0, T] and the columns of its derivative exist.
   confined_by_speed: none can, if T times the speed does not reach the boundary: |x'| <= m1 and |y'| <= m2 where a s2 <= m1^2
   and c s2 <= m2^2 on the rectangle, since the speed s2 = A (p, r).(p, r) is constant. *)
From Coq Require Import Reals Lra Lia List.
Import ListNotations.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Linear Existence Expr Flat Search2 Surface Entire Jacobi Focal Kinetic SurfaceFlow Plane.
From Caustic Require Smooth.
Open Scope R_scope.

Lemma continuous_in_plane (F : R -> R -> R) (x y : R -> R) t : continuity_2d_pt F (x t) (y t) -> continuous x t -> continuous y t ->
  continuous (fun s => F (x s) (y s)) t.
Proof.
  intros HF Hx Hy. apply Smooth.continuous_tolerance. intros e He. destruct (HF (mkposreal e He)) as [r H]. simpl in H.
  destruct (proj1 (Smooth.continuous_tolerance _ t) Hx r (cond_pos r)) as [d [Hd X]].
  destruct (proj1 (Smooth.continuous_tolerance _ t) Hy r (cond_pos r)) as [d' [Hd' Y]].
  exists (Rmin d d'). assert (Hm := conj (Rmin_l d d') (Rmin_r d d')). split; [now apply Rmin_pos|]. intros s Hs. apply H; [apply X | apply Y]; lra.
Qed.

Section Existence.
Variables (a b c u0 : R -> R -> R) (ea eb ec eu : expr).
Hypothesis Ha : forall x y, a x y = ev ea (env2 x y).
Hypothesis Hb : forall x y, b x y = ev eb (env2 x y).
Hypothesis Hc : forall x y, c x y = ev ec (env2 x y).
Notation chart := (regular ea eb ec).
Notation H := (kinetic a b c).
Variables x1 x2 y1 y2 : R.
Definition rectangle (x y : R) : Prop := x1 <= x <= x2 /\ y1 <= y <= y2.
Hypothesis regular_there : forall x y, rectangle x y -> chart x y.
Variables x0 y0 p0 r0 T : R.
Hypothesis start_inside : x1 < x0 < x2 /\ y1 < y0 < y2.
Hypothesis T_nonnegative : 0 <= T.
Definition A11 x y := ev ea (env2 x y).
Definition A12 x y := ev eb (env2 x y).
Definition A22 x y := ev ec (env2 x y).
Definition sigma : R := A11 x0 y0 * (p0 * p0) + 2 * A12 x0 y0 * (p0 * r0) + A22 x0 y0 * (r0 * r0).

(* a solution from the start that stays in the rectangle until t *)
Definition inner_path (t : R) (x y p r : R -> R) : Prop :=
  hamilton H chart t x y p r /\ (forall s, 0 <= s <= t -> rectangle (x s) (y s)) /\ x 0 = x0 /\ y 0 = y0 /\ p 0 = p0 /\ r 0 = r0.
Definition confined : Prop := forall t x y p r, 0 <= t <= T -> inner_path t x y p r -> x1 < x t < x2 /\ y1 < y t < y2.

(* ---- The speed is constant ---- *)

Lemma zero_derivative t (l : R) : l = 0 -> is_derive (fun _ : R => 0) t l.
Proof. intros ->. apply constant. Qed.
Lemma energy_constant t x y p r : inner_path t x y p r -> forall s, 0 <= s <= t ->
  A11 (x s) (y s) * (p s * p s) + 2 * A12 (x s) (y s) * (p s * r s) + A22 (x s) (y s) * (r s * r s) = sigma.
Proof.
  intros (path & _ & E1 & E2 & E3 & E4) s Hs.
  set (f := speed2_ (fun s => A11 (x s) (y s)) (fun s => A12 (x s) (y s)) (fun s => A22 (x s) (y s)) p r).
  assert (K : f s = f 0).
  { apply (stays f t); [|easy]. intros z Hz.
    assert (S := path_solution a b c ea eb ec Ha Hb Hc t x y p r path z Hz).
    apply (derive_speed2 _ _ _ _ _ _ _ _ _ p r (fun _ => 0) (fun _ => 0) (fun _ => 0) (fun _ => 0) _ _ _ _ _ _ _ _ _ z S).
    split; apply zero_derivative; ring. }
  unfold f, speed2_, v, w in K. rewrite E1, E2, E3, E4 in K. unfold sigma. lra.
Qed.
Lemma metric_there x y : rectangle x y -> posdef (A11 x y) (A12 x y) (A22 x y).
Proof. intro R. apply (proj2 (regular_there x y R)). Qed.
Lemma posdef_last e f g : posdef e f g -> 0 < g.
Proof. intros [He D]. apply factor_pos' with e; [|easy]. assert (Q := Rle_0_sqr f). unfold Rsqr in Q. lra. Qed.

(* what the speed bounds, at a point: with s = A (p, r).(p, r) *)
Lemma speed_bounds e f g p r : posdef e f g -> let s := e * (p * p) + 2 * f * (p * r) + g * (r * r) in
  (e * p + f * r) * (e * p + f * r) <= e * s /\ (f * p + g * r) * (f * p + g * r) <= g * s /\
  (e * g - f * f) * (p * p) <= g * s /\ (e * g - f * f) * (r * r) <= e * s.
Proof.
  intros [He D] s.
  assert (Q : forall z, 0 <= z * z) by (intro; apply Rle_0_sqr).
  assert (Q1 := Rmult_le_pos _ _ (Rlt_le _ _ D) (Q r)). assert (Q2 := Rmult_le_pos _ _ (Rlt_le _ _ D) (Q p)).
  assert (Q3 := Q (f * p + g * r)). assert (Q4 := Q (e * p + f * r)). unfold s. repeat split; lra.
Qed.

Section Speed.
Variables m1 m2 : R.
Hypothesis m_positive : 0 <= m1 /\ 0 <= m2.
Hypothesis speed_x : forall x y, rectangle x y -> A11 x y * sigma <= m1 * m1.
Hypothesis speed_y : forall x y, rectangle x y -> A22 x y * sigma <= m2 * m2.
Hypothesis room : x1 < x0 - T * m1 /\ x0 + T * m1 < x2 /\ y1 < y0 - T * m2 /\ y0 + T * m2 < y2.

Lemma below_square z m : 0 <= m -> z * z <= m * m -> Rabs z <= m.
Proof. intros Hm Hz. rewrite <- (Rabs_pos_eq m Hm). now apply Rsqr_le_abs_0. Qed.
Theorem confined_by_speed : confined.
Proof.
  intros t x y p r Ht K. assert (En := energy_constant t x y p r K). destruct K as (path & R & E1 & E2 & _).
  assert (B : forall s, 0 <= s <= t -> Rabs (v (fun s => A11 (x s) (y s)) (fun s => A12 (x s) (y s)) p r s) <= m1 /\
    Rabs (w (fun s => A12 (x s) (y s)) (fun s => A22 (x s) (y s)) p r s) <= m2).
  { intros s Hs. destruct (speed_bounds _ _ _ (p s) (r s) (metric_there _ _ (R s Hs))) as (B1 & B2 & _). rewrite (En s Hs) in B1, B2.
    specialize (speed_x _ _ (R s Hs)). specialize (speed_y _ _ (R s Hs)). unfold v, w.
    split; (apply below_square; [easy | lra]). }
  assert (Vx := fun s Hs => proj1 (velocity a b c ea eb ec Ha Hb Hc t x y p r path s Hs)).
  assert (Vy := fun s Hs => proj2 (velocity a b c ea eb ec Ha Hb Hc t x y p r path s Hs)).
  assert (Lx : Rabs (x t - x 0 - 0 * (t - 0)) <= m1 * Rabs (t - 0)).
  { eapply Smooth.slope_bound. intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra. split; [now apply Vx|]. rewrite Rminus_0_r. now apply B. }
  assert (Ly : Rabs (y t - y 0 - 0 * (t - 0)) <= m2 * Rabs (t - 0)).
  { eapply Smooth.slope_bound. intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra. split; [now apply Vy|]. rewrite Rminus_0_r. now apply B. }
  rewrite Rmult_0_l, Rminus_0_r, (Rabs_pos_eq (t - 0)), Rminus_0_r in Lx, Ly by lra. rewrite E1 in Lx. rewrite E2 in Ly.
  assert (m1 * t <= T * m1) by (rewrite Rmult_comm; apply Rmult_le_compat_r; lra).
  assert (m2 * t <= T * m2) by (rewrite Rmult_comm; apply Rmult_le_compat_r; lra). split_Rabs; lra.
Qed.
End Speed.

(* ---- Hamilton's equations as a field on a box of R^4 ---- *)

Definition field (i : nat) (z : vec) : R :=
  let q := env2 (z 0%nat) (z 1%nat) in
  match i with
  | O => linear_p ea eb (fun e => ev e q) (z 2%nat) (z 3%nat)
  | 1%nat => linear_r eb ec (fun e => ev e q) (z 2%nat) (z 3%nat)
  | 2%nat => - quadratic ea eb ec (fun e => gr e 0 q) (z 2%nat) (z 3%nat)
  | _ => - quadratic ea eb ec (fun e => gr e 1 q) (z 2%nat) (z 3%nat)
  end.
Definition low (M : R) (i : nat) : R := match i with O => x1 | 1%nat => y1 | _ => - M end.
Definition high (M : R) (i : nat) : R := match i with O => x2 | 1%nat => y2 | _ => M end.

Lemma field_tame M i : tame 4 (low M) (high M) (field i).
Proof.
  assert (D : forall e, (e = ea \/ e = eb \/ e = ec) -> forall x y, x1 <= x <= x2 -> y1 <= y <= y2 -> defined e (env2 x y)).
  { intros e He x y Hx Hy. destruct (regular_there x y (conj Hx Hy)) as [(D1 & D2 & D3) _]. destruct He as [-> | [-> | ->]]; easy. }
  assert (V : forall e, (e = ea \/ e = eb \/ e = ec) -> tame 4 (low M) (high M) (fun z => ev e (env2 (z 0%nat) (z 1%nat)))).
  { intros e He. destruct (value_lipschitz x1 x2 y1 y2 e (D e He)) as [k [Hk L]].
    apply (tame_plane 4 (low M) (high M) (fun x y => ev e (env2 x y)) k); [lia | easy | | exact L].
    intros x y Hx Hy. now apply value_continuous, D. }
  assert (G : forall e j, (e = ea \/ e = eb \/ e = ec) -> tame 4 (low M) (high M) (fun z => gr e j (env2 (z 0%nat) (z 1%nat)))).
  { intros e j He. destruct (gradient_lipschitz x1 x2 y1 y2 e (D e He) j) as [k [Hk L]].
    apply (tame_plane 4 (low M) (high M) (fun x y => gr e j (env2 x y)) k); [lia | easy | | exact L].
    intros x y Hx Hy. now apply gradient_continuous, D. }
  assert (C2 := tame_coordinate 4 (low M) (high M) 2 ltac:(lia)). assert (C3 := tame_coordinate 4 (low M) (high M) 3 ltac:(lia)).
  assert (Q : forall j, tame 4 (low M) (high M) (fun z => - quadratic ea eb ec (fun e => gr e j (env2 (z 0%nat) (z 1%nat))) (z 2%nat) (z 3%nat))).
  { intro j. apply tame_ext with (fun z => - / 2 * (gr ea j (env2 (z 0%nat) (z 1%nat)) * (z 2%nat * z 2%nat)
      + 2 * gr eb j (env2 (z 0%nat) (z 1%nat)) * (z 2%nat * z 3%nat) + gr ec j (env2 (z 0%nat) (z 1%nat)) * (z 3%nat * z 3%nat))).
    { intro z. unfold quadratic. field. }
    repeat first [apply tame_mult | apply tame_plus | apply tame_const | exact C2 | exact C3 | apply G; tauto]. }
  destruct i as [|[|[|i]]]; unfold field; [| | apply Q | apply Q]; unfold linear_p, linear_r;
    repeat first [apply tame_plus | apply tame_mult | exact C2 | exact C3 | apply V; tauto].
Qed.
Lemma field_hamilton t (z : R -> vec) M : solves_in_box 4 field (low M) (high M) (fun i => nth i [x0; y0; p0; r0] 0) t z ->
  inner_path t (fun s => z s 0%nat) (fun s => z s 1%nat) (fun s => z s 2%nat) (fun s => z s 3%nat).
Proof.
  intros [I S]. split; [|split; [|split; [|split; [|split]]]]; try (now apply I; lia).
  - intros s Hs. destruct (S s Hs) as [B F].
    assert (R : rectangle (z s 0%nat) (z s 1%nat)) by (split; [apply (B 0%nat) | apply (B 1%nat)]; lia).
    assert (K := regular_there _ _ R). split; [exact K|]. destruct K as [OK _].
    rewrite (kinetic_p a b c ea eb ec Ha Hb Hc), (kinetic_r a b c ea eb ec Ha Hb Hc),
      (kinetic_x a b c ea eb ec Ha Hb Hc _ _ _ _ OK), (kinetic_y a b c ea eb ec Ha Hb Hc _ _ _ _ OK).
    split; [|split; [|split]]; [exact (F 0%nat ltac:(lia)) | exact (F 1%nat ltac:(lia)) | exact (F 2%nat ltac:(lia)) | exact (F 3%nat ltac:(lia))].
  - intros s Hs. destruct (S s Hs) as [B _]. exact (conj (B 0%nat ltac:(lia)) (B 1%nat ltac:(lia))).
Qed.

Lemma common_bound (P : nat -> R -> Prop) n : (forall i k k', k <= k' -> P i k -> P i k') -> (forall i, exists k, 0 <= k /\ P i k) ->
  exists k, 0 <= k /\ forall i, (i < n)%nat -> P i k.
Proof. intros mono E. apply bounded_family; [exact mono | auto]. Qed.

Theorem path_exists : confined -> exists x y p r, inner_path T x y p r.
Proof.
  intro C.
  assert (cont : forall e, (e = ea \/ e = eb \/ e = ec) -> forall x y, rectangle x y -> continuity_2d_pt (fun x y => ev e (env2 x y)) x y).
  { intros e He x y R. apply value_continuous. destruct (regular_there x y R) as [(D1 & D2 & D3) _]. destruct He as [-> | [-> | ->]]; easy. }
  assert (quotient : forall e, (e = ea \/ e = ec) -> exists k, 0 <= k /\ forall x y, x1 <= x <= x2 -> y1 <= y <= y2 ->
    Rabs (ev e (env2 x y) * / (A11 x y * A22 x y - A12 x y * A12 x y)) <= k).
  { intros e He. apply (bounded_rectangle (fun x y => ev e (env2 x y) * / (A11 x y * A22 x y - A12 x y * A12 x y))). intros x y Hx Hy.
    assert (R : rectangle x y) by easy. assert (D := proj2 (metric_there x y R)).
    apply continuity_2d_pt_mult; [apply cont; tauto|]. apply continuity_2d_pt_inv; [|lra].
    apply continuity_2d_pt_minus; apply continuity_2d_pt_mult; apply cont; tauto. }
  destruct (quotient ea ltac:(tauto)) as [k [Hk Ka]]. destruct (quotient ec ltac:(tauto)) as [l [Hl Kc]].
  set (M := (k + l) * Rabs sigma + 1).
  assert (HM : 1 <= M) by (unfold M; assert (0 <= (k + l) * Rabs sigma) by (apply Rmult_le_pos; [lra | apply Rabs_pos]); lra).
  (* the momenta stay below M *)
  assert (small : forall x y p r, rectangle x y -> A11 x y * (p * p) + 2 * A12 x y * (p * r) + A22 x y * (r * r) = sigma -> - M < p < M /\ - M < r < M).
  { intros x y p r R E. assert (PD := metric_there x y R). destruct (speed_bounds _ _ _ p r PD) as (_ & _ & B1 & B2). rewrite E in B1, B2.
    destruct PD as [P1 P2]. destruct R as [Rx Ry]. specialize (Ka x y Rx Ry). specialize (Kc x y Rx Ry).
    fold (A11 x y) in Ka. fold (A22 x y) in Kc. set (D := A11 x y * A22 x y - A12 x y * A12 x y) in *.
    assert (bound : forall z g m, Rabs (g * / D) <= m -> m <= k + l -> D * (z * z) <= g * sigma -> - M < z < M).
    { intros z g m Hg Hm Hz. assert (Z : z * z <= M - 1).
      { apply Rle_trans with (g * / D * sigma).
        - apply Rmult_le_reg_l with D; [easy|]. replace (D * (g * / D * sigma)) with (g * sigma) by (field; lra). exact Hz.
        - apply Rle_trans with (1 := Rle_abs _). rewrite Rabs_mult. unfold M.
          assert (Rabs (g * / D) * Rabs sigma <= (k + l) * Rabs sigma) by (apply Rmult_le_compat_r; [apply Rabs_pos | lra]). lra. }
      assert (A : Rabs z <= M - / 2) by (apply below_square; [lra | assert (0 <= (M - 1) * (M - 1)) by apply Rle_0_sqr; lra]). split_Rabs; lra. }
    split; [apply (bound p (A22 x y) l Kc); lra | apply (bound r (A11 x y) k Ka); lra]. }
  destruct (common_bound (fun i k => 0 <= k /\ forall z y, in_box 4 (low M) (high M) z -> in_box 4 (low M) (high M) y ->
    Rabs (field i z - field i y) <= k * norm1 4 (fun j => z j - y j) /\ Rabs (field i z) <= k) 4) as [L [HL F]].
  { intros i q q' Hq [Hp HQ]. split; [lra|]. intros z y Hz Hy. destruct (HQ z y Hz Hy) as [Q1 Q2]. split; [|lra].
    apply Rle_trans with (1 := Q1). apply Rmult_le_compat_r; [apply norm1_ge_0 | easy]. }
  { intro i. destruct (field_tame M i) as [q [Hq HQ]]. exists q. auto. }
  assert (R0 : rectangle x0 y0) by (split; lra). assert (S0 := small x0 y0 p0 r0 R0 eq_refl).
  assert (B0 : in_box 4 (low M) (high M) (fun i => nth i [x0; y0; p0; r0] 0)).
  { intros i Hi. do 4 (destruct i as [|i]; [simpl; lra|]). lia. }
  destruct (exists_in_box 4 ltac:(lia) field (low M) (high M) (fun i => nth i [x0; y0; p0; r0] 0) (L + 1) L T) as [z Hz]; try easy; try lra.
  - intros i z y Hi Hz Hy. destruct (proj2 (F i Hi) z y Hz Hy) as [F1 _]. apply Rle_trans with (1 := F1). apply Rmult_le_compat_r; [apply (norm1_ge_0 4 (fun j => z j - y j)) | lra].
  - intros i z Hi Hz. now apply (proj2 (F i Hi) z z).
  - intros t z Ht Hz. assert (K := field_hamilton t z M Hz). assert (I := C t _ _ _ _ Ht K).
    assert (En := energy_constant t _ _ _ _ K t ltac:(lra)). destruct K as (_ & R & _). specialize (R t ltac:(lra)).
    assert (S := small _ _ _ _ R En). intros i Hi. do 4 (destruct i as [|i]; [simpl; lra|]). lia.
  - exists (fun s => z s 0%nat), (fun s => z s 1%nat), (fun s => z s 2%nat), (fun s => z s 3%nat). now apply field_hamilton with M.
Qed.

(* ---- The linearized equations ---- *)

Section Linear.
Variables x y p r : R -> R.
Hypothesis path : hamilton H chart T x y p r.
Definition rows (t : R) : list (list R) :=
  let q := env2 (x t) (y t) in let g i e := gr e i q in let h i j e := he e i j q in
  let lp f := linear_p ea eb f (p t) (r t) in let lr f := linear_r eb ec f (p t) (r t) in let qu f := quadratic ea eb ec f (p t) (r t) in
  [[lp (g 0%nat); lp (g 1%nat); ev ea q; ev eb q]; [lr (g 0%nat); lr (g 1%nat); ev eb q; ev ec q];
   [- qu (h 0%nat 0%nat); - qu (h 0%nat 1%nat); - lp (g 0%nat); - lr (g 0%nat)];
   [- qu (h 1%nat 0%nat); - qu (h 1%nat 1%nat); - lp (g 1%nat); - lr (g 1%nat)]].
Definition K (t : R) : mat := fun i j => nth j (nth i (rows t) []) 0.

Lemma K_continuous : continuous_on_segment 4 T K.
Proof.
  intros t i j Ht Hi Hj. destruct (path t Ht) as (((D1 & D2 & D3) & _) & Ex & Ey & Ep & Er).
  assert (Cx : continuous x t) by (apply (ex_derive_continuous x); eexists; exact Ex).
  assert (Cy : continuous y t) by (apply (ex_derive_continuous y); eexists; exact Ey).
  assert (Cp : continuous p t) by (apply (ex_derive_continuous p); eexists; exact Ep).
  assert (Cr : continuous r t) by (apply (ex_derive_continuous r); eexists; exact Er).
  assert (D : forall e, (e = ea \/ e = eb \/ e = ec) -> defined e (env2 (x t) (y t))) by (intros e [-> | [-> | ->]]; easy).
  assert (V : forall e, (e = ea \/ e = eb \/ e = ec) -> continuous (fun s => ev e (env2 (x s) (y s))) t).
  { intros e He. apply (continuous_in_plane (fun x y => ev e (env2 x y))); auto. now apply value_continuous, D. }
  assert (G : forall e i, (e = ea \/ e = eb \/ e = ec) -> continuous (fun s => gr e i (env2 (x s) (y s))) t).
  { intros e k He. apply (continuous_in_plane (fun x y => gr e k (env2 x y))); auto. now apply gradient_continuous, D. }
  assert (E : forall e i j, (e = ea \/ e = eb \/ e = ec) -> continuous (fun s => he e i j (env2 (x s) (y s))) t).
  { intros e k l He. apply (continuous_in_plane (fun x y => he e k l (env2 x y))); auto. now apply hessian_continuous, D. }
  assert (P : forall f : expr -> R -> R, continuous (f ea) t -> continuous (f eb) t -> continuous (f ec) t ->
    continuous (fun s => linear_p ea eb (fun e => f e s) (p s) (r s)) t /\ continuous (fun s => linear_r eb ec (fun e => f e s) (p s) (r s)) t /\
    continuous (fun s => quadratic ea eb ec (fun e => f e s) (p s) (r s)) t).
  { intros f Fa Fb Fc. unfold linear_p, linear_r, quadratic, Rdiv.
    split; [|split]; repeat first [assumption | apply @continuous_const
      | match goal with
        | |- continuous (fun s => @?g s + @?h s) _ => apply (continuous_plus g h)
        | |- continuous (fun s => @?g s * @?h s) _ => apply (continuous_mult g h) end]. }
  assert (PG := fun k => P (fun e s => gr e k (env2 (x s) (y s))) (G ea k ltac:(tauto)) (G eb k ltac:(tauto)) (G ec k ltac:(tauto))).
  assert (PE := fun k l => P (fun e s => he e k l (env2 (x s) (y s))) (E ea k l ltac:(tauto)) (E eb k l ltac:(tauto)) (E ec k l ltac:(tauto))).
  destruct (PG 0%nat) as (gp0 & gr0 & _). destruct (PG 1%nat) as (gp1 & gr1 & _).
  destruct (PE 0%nat 0%nat) as (_ & _ & e00). destruct (PE 0%nat 1%nat) as (_ & _ & e01).
  destruct (PE 1%nat 0%nat) as (_ & _ & e10). destruct (PE 1%nat 1%nat) as (_ & _ & e11).
  assert (N : forall f, continuous f t -> continuous (fun s => - f s) t) by (intros f Hf; exact (continuous_opp f t Hf)).
  assert (Va := V ea ltac:(tauto)). assert (Vb := V eb ltac:(tauto)). assert (Vc := V ec ltac:(tauto)). clear PG PE P V G E.
  destruct i as [|[|[|[|i]]]]; try lia; (destruct j as [|[|[|[|j]]]]; try lia); unfold K, rows; cbn [nth];
    [exact gp0 | exact gp1 | exact Va | exact Vb | exact gr0 | exact gr1 | exact Vb | exact Vc
    | exact (N _ e00) | exact (N _ e01) | exact (N _ gp0) | exact (N _ gr0) | exact (N _ e10) | exact (N _ e11) | exact (N _ gp1) | exact (N _ gr1)].
Qed.
Lemma column_exists X0 Y0 P0 R0 : exists X Y P R, linearized H T x y p r X Y P R /\ X 0 = X0 /\ Y 0 = Y0 /\ P 0 = P0 /\ R 0 = R0.
Proof.
  destruct (linear_exists 4 K T (fun i => nth i [X0; Y0; P0; R0] 0) ltac:(lia) T_nonnegative K_continuous) as [z [I S]].
  exists (fun s => z s 0%nat), (fun s => z s 1%nat), (fun s => z s 2%nat), (fun s => z s 3%nat).
  split; [|repeat split; apply I; lia]. intros t Ht. destruct (path t Ht) as ((OK & _) & _).
  destruct (kinetic_pp a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t)) as (F1 & F2 & F3 & F4).
  destruct (kinetic_xp a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F5 & F6 & F7 & F8).
  destruct (kinetic_px a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F9 & F10 & F11 & F12).
  destruct (kinetic_xx a b c ea eb ec Ha Hb Hc (x t) (y t) (p t) (r t) OK) as (F13 & F14 & F15 & F16).
  cbv beta zeta. rewrite F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, F13, F14, F15, F16.
  split; [|split; [|split]]; [apply is_derive_eq with (1 := S t 0%nat Ht ltac:(lia)) | apply is_derive_eq with (1 := S t 1%nat Ht ltac:(lia))
    | apply is_derive_eq with (1 := S t 2%nat Ht ltac:(lia)) | apply is_derive_eq with (1 := S t 3%nat Ht ltac:(lia))];
    unfold apply, K, rows; cbn [sum nth]; ring.
Qed.
End Linear.

Hypothesis start_momentum : p0 = dx u0 x0 y0 /\ r0 = dy u0 x0 y0.
Theorem characteristic_exists : confined ->
  exists x y p r X1 Y1 P1 R1 X2 Y2 P2 R2, characteristic H u0 chart x0 y0 T x y p r X1 Y1 P1 R1 X2 Y2 P2 R2.
Proof.
  intro C. destruct (path_exists C) as (x & y & p & r & path & _ & I1 & I2 & I3 & I4). destruct start_momentum as [M1 M2].
  destruct (column_exists x y p r path 1 0 (dx (dx u0) x0 y0) (dx (dy u0) x0 y0)) as (X1 & Y1 & P1 & R1 & L1 & J1).
  destruct (column_exists x y p r path 0 1 (dy (dx u0) x0 y0) (dy (dy u0) x0 y0)) as (X2 & Y2 & P2 & R2 & L2 & J2).
  exists x, y, p, r, X1, Y1, P1, R1, X2, Y2, P2, R2. unfold characteristic. rewrite <- M1, <- M2. tauto.
Qed.
End Existence.
Print Assumptions confined_by_speed.
Print Assumptions characteristic_exists.
