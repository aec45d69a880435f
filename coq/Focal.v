(* Focal times on a surface of constant curvature, along one characteristic: with the matrix E(t) of Surface.v at the start,

     det Q(t) S(t) det A(0)^(3/2) = det E(t) det A(t)^(1/2)                                          (focal_formula),

   E(t) is positive definite for 0 <= t <= T if E(T) is                                              (definite_before),
   and det E vanishes before T if E(T) has a negative direction                                      (root_before). *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Search2 Flat2 Surface Entire Jacobi.
Open Scope R_scope.

(* ---- At one point: the matrix E(t) ---- *)

Section Matrix.
Variables (kappa : R) (A B C U : jet2).
Let a := jv A.
Let b := jv B.
Let c := jv C.
Let v := vel1 A B U.
Let w := vel2 B C U.
Let s2 := speed2 A B C U.
Hypothesis metric : posdef a b c.
Let lam := kappa * s2.
Let E11 t := focal11 kappa t A B C U.
Let E12 t := focal12 kappa t A B C U.
Let E22 t := focal22 kappa t A B C U.
Let form t z y := E11 t * (z * z) + 2 * E12 t * (z * y) + E22 t * (y * y).
Let D t := E11 t * E22 t - E12 t * E12 t.

Lemma posdef_by_form e f g : (forall z y, z <> 0 \/ y <> 0 -> 0 < e * (z * z) + 2 * f * (z * y) + g * (y * y)) -> posdef e f g.
Proof.
  intro H. assert (He : 0 < e) by (specialize (H 1 0 (or_introl R1_neq_R0)); lra). split; [easy|].
  apply factor_pos' with e; [|easy]. assert (K := H (- f) e (or_intror (Rgt_not_eq _ _ He))). lra.
Qed.

(* the square of v.z over s2: the part of A along v *)
Definition along_part z y : R := (v * z + w * y) * (v * z + w * y) / s2.
Lemma speed_zero : s2 = 0 -> v = 0 /\ w = 0 /\ jx U = 0 /\ jy U = 0.
Proof.
  intro H. assert (Z : jx U = 0 /\ jy U = 0).
  { destruct (Req_dec (jx U) 0) as [E1|E1]; [destruct (Req_dec (jy U) 0) as [E2|E2]; [easy|]|];
      exfalso; assert (K := posdef_quadratic a b c (jx U) (jy U) metric); unfold s2, speed2, vel1, vel2 in H; fold a b c in H;
      [specialize (K (or_intror E2)) | specialize (K (or_introl E1))]; lra. }
  destruct Z as [Z1 Z2]. repeat split; try easy; unfold v, w, vel1, vel2; rewrite Z1, Z2; ring.
Qed.
Lemma speed_nonnegative : 0 <= s2.
Proof.
  destruct (Req_dec (jx U) 0) as [E1|E1]; [destruct (Req_dec (jy U) 0) as [E2|E2]|].
  - unfold s2, speed2. rewrite E1, E2. lra.
  - left. assert (K := posdef_quadratic a b c (jx U) (jy U) metric (or_intror E2)). unfold s2, speed2, vel1, vel2. fold a b c. lra.
  - left. assert (K := posdef_quadratic a b c (jx U) (jy U) metric (or_introl E1)). unfold s2, speed2, vel1, vel2. fold a b c. lra.
Qed.
Lemma along_bounds z y : 0 <= along_part z y <= a * (z * z) + 2 * b * (z * y) + c * (y * y).
Proof.
  assert (H0 := speed_nonnegative). unfold along_part. destruct (Req_dec s2 0) as [E|E].
  - destruct (speed_zero E) as (-> & -> & _). replace ((0 * z + 0 * y) * (0 * z + 0 * y)) with 0 by ring. unfold Rdiv. rewrite Rmult_0_l.
    split; [lra|]. destruct (Req_dec z 0) as [->|Hz]; [destruct (Req_dec y 0) as [->|Hy]; [lra|]|]; left;
      apply posdef_quadratic; auto.
  - assert (Hs : 0 < s2) by lra. split; [apply Rmult_le_pos; [apply Rle_0_sqr | left; now apply Rinv_0_lt_compat]|].
    apply Rmult_le_reg_r with s2; [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by easy.
    assert (N : 0 <= (a * c - b * b) * ((jx U * y - jy U * z) * (jx U * y - jy U * z)))
      by (apply Rmult_le_pos; [left; apply metric | apply Rle_0_sqr]).
    unfold v, w, s2, speed2, vel1, vel2. fold a b c. lra.
Qed.

(* E(t) = cs (A - N) + sn/t N + sn K, where N is the part along v *)
Lemma form_parts t z y : 0 < t ->
  form t z y = cs lam t * (a * (z * z) + 2 * b * (z * y) + c * (y * y) - along_part z y) + sn lam t * (along_part z y / t)
    + sn lam t * (hess11 A B C U * (z * z) + 2 * hess12 A B C U * (z * y) + hess22 A B C U * (y * y)).
Proof.
  intro Ht. unfold form, E11, E12, E22, focal11, focal12, focal22, cs, sn. fold v w a b c.
  change (angle2 kappa t A B C U) with (lam * (t * t)). assert (Q := quotient_relation (lam * (t * t))).
  set (q := Quotient _) in *. set (C' := Cosine _) in *. set (S' := Sine _) in *. unfold along_part.
  destruct (Req_dec s2 0) as [E|E].
  - destruct (speed_zero E) as (-> & -> & _). replace ((0 * z + 0 * y) * (0 * z + 0 * y) / s2) with 0 by (unfold Rdiv; ring). field. lra.
  - replace (kappa * (t * t) * q) with ((S' - C') / s2) by (rewrite <- Q; unfold lam; field; easy). field. lra.
Qed.
Lemma definite_before T t : lam * (T * T) < PI * PI -> posdef (E11 T) (E12 T) (E22 T) -> 0 < t <= T -> posdef (E11 t) (E12 t) (E22 t).
Proof.
  intros HT P Ht. apply posdef_by_form. intros z y Hzy. fold (form t z y).
  assert (F := posdef_quadratic _ _ _ z y P Hzy). fold (form T z y) in F. rewrite form_parts in * by lra.
  destruct (along_bounds z y) as [N1 N2]. assert (S1 := sn_positive lam T t HT Ht). assert (S2 := sn_positive lam T T HT ltac:(lra)).
  assert (K := cotangent lam T t HT Ht).
  set (N := along_part z y) in *. set (M := a * (z * z) + 2 * b * (z * y) + c * (y * y)) in *.
  set (h := hess11 A B C U * _ + _ + _) in *.
  apply factor_pos' with (sn lam T); [|easy].
  replace (sn lam T * _) with (sn lam t * (cs lam T * (M - N) + sn lam T * (N / T) + sn lam T * h)
    + ((sn lam T * cs lam t - cs lam T * sn lam t) * (M - N) + sn lam T * sn lam t * (N * (/ t - / T)))) by (field; lra).
  apply Rplus_lt_le_0_compat; [now apply Rmult_lt_0_compat|]. apply Rplus_le_le_0_compat; [apply Rmult_le_pos; lra|].
  apply Rmult_le_pos; [left; now apply Rmult_lt_0_compat|]. apply Rmult_le_pos; [easy|].
  assert (/ T <= / t) by (apply Rinv_le_contravar; lra). lra.
Qed.

Lemma start_definite : posdef (E11 0) (E12 0) (E22 0).
Proof.
  unfold E11, E12, E22, focal11, focal12, focal22, angle2. rewrite !Rmult_0_r, cosine_0, !Rmult_0_l, !Rmult_1_l, !Rplus_0_r. exact metric.
Qed.
Lemma quotient_continuous y : continuous Quotient y.
Proof. apply (ex_derive_continuous Quotient). eexists. exact (is_derive_PSeries quotient_ y (decays_everywhere _ y quotient_decays)). Qed.
Lemma E_derivable (g h k : R) t : ex_derive (fun t => Cosine (lam * (t * t)) * g + kappa * (t * t) * Quotient (lam * (t * t)) * h
  + t * Sine (lam * (t * t)) * k) t.
Proof.
  assert (HC := derive_cosine (lam * (t * t))). assert (HS := derive_sine (lam * (t * t))).
  assert (HQ := is_derive_PSeries quotient_ (lam * (t * t)) (decays_everywhere _ _ quotient_decays)). change (PSeries quotient_) with Quotient in HQ.
  auto_derive. repeat split; eexists; eassumption.
Qed.
Lemma E_continuity : continuity E11 /\ continuity D.
Proof.
  assert (K : forall f : R -> R, (forall t, ex_derive f t) -> continuity f).
  { intros f H t. apply continuity_pt_filterlim. now apply (ex_derive_continuous f). }
  assert (D1 : forall t, ex_derive E11 t) by (intro; apply E_derivable).
  assert (D2 : forall t, ex_derive E12 t) by (intro; apply E_derivable).
  assert (D3 : forall t, ex_derive E22 t) by (intro; apply E_derivable).
  split; apply K; [easy|]. intro t. unfold D. destruct (D1 t), (D2 t), (D3 t). auto_derive. repeat split; eexists; eassumption.
Qed.
Lemma root_before T z y : 0 < T -> form T z y < 0 -> exists t, 0 < t <= T /\ D t = 0.
Proof.
  intros HT H. destruct E_continuity as [CE CD]. destruct start_definite as [P1 P2].
  destruct (Rle_or_lt (D T) 0) as [HD|HD]; [now apply (root D)|].
  assert (Hv : z <> 0 \/ y <> 0).
  { destruct (Req_dec z 0) as [->|]; [right|now left]. intros ->. unfold form in H. lra. }
  destruct (Rle_or_lt (E11 T) 0) as [HA|HA].
  - destruct (root E11 0 T HT CE P1 HA) as [s [Hs E]].
    assert (Ds : D s <= 0) by (unfold D; rewrite E; assert (Q := Rle_0_sqr (E12 s)); unfold Rsqr in Q; lra).
    destruct (root D 0 s) as [t [Ht Et]]; [lra | easy | easy | easy|]. exists t. split; [lra | exact Et].
  - exfalso. assert (Q := posdef_quadratic _ _ _ z y (conj HA HD) Hv). unfold form in H. lra.
Qed.
End Matrix.

(* the formula of focal_formula where the speed does not vanish, in the quantities at the start *)
Lemma start_identity a b c a_x a_y b_x b_y c_x c_y p r u_xx u_xy u_yy C S t :
  let v := a * p + b * r in let w := b * p + c * r in let s2 := p * v + r * w in let D := a * c - b * b in
  let h_x := (a_x * (p * p) + 2 * b_x * (p * r) + c_x * (r * r)) / 2 in
  let h_y := (a_y * (p * p) + 2 * b_y * (p * r) + c_y * (r * r)) / 2 in
  let e1 := h_x + v * u_xx + w * u_xy in let e2 := h_y + v * u_xy + w * u_yy in
  let v' := (a_x * v + a_y * w) * p + (b_x * v + b_y * w) * r - a * h_x - b * h_y in
  let w' := (b_x * v + b_y * w) * p + (c_x * v + c_y * w) * r - b * h_x - c * h_y in
  let D' := (a_x * c + a * c_x - 2 * (b * b_x)) * v + (a_y * c + a * c_y - 2 * (b * b_y)) * w in
  let g1 := - w' + v * (b_x * p + c_x * r + b * u_xx + c * u_xy) - w * (a_x * p + b_x * r + a * u_xx + b * u_xy) + w * D' / (2 * D) in
  let g2 := v' + v * (b_y * p + c_y * r + b * u_xy + c * u_yy) - w * (a_y * p + b_y * r + a * u_xy + b * u_yy) - v * D' / (2 * D) in
  let K11 := a * a * u_xx + 2 * (a * b) * u_xy + b * b * u_yy + (a * a_x + b * a_y) / 2 * p + (a * b_x + b * b_y - (b * a_x + c * a_y) / 2) * r in
  let K12 := a * b * u_xx + (a * c + b * b) * u_xy + b * c * u_yy + (b * a_x + c * a_y) / 2 * p + (a * c_x + b * c_y) / 2 * r in
  let K22 := b * b * u_xx + 2 * (b * c) * u_xy + c * c * u_yy + (b * b_x + c * b_y - (a * c_x + b * c_y) / 2) * p + (b * c_x + c * c_y) / 2 * r in
  s2 <> 0 -> D <> 0 ->
  ((p + t * e1) * (v * C + g2 * (t * S)) - (r + t * e2) * (- w * C + g1 * (t * S))) * S * D
  = s2 * ((C * a + (S - C) / s2 * (v * v) + t * S * K11) * (C * c + (S - C) / s2 * (w * w) + t * S * K22)
          - (C * b + (S - C) / s2 * (v * w) + t * S * K12) * (C * b + (S - C) / s2 * (v * w) + t * S * K12)).
Proof.
  intros. unfold K11, K12, K22, g1, g2, D', v', w', e1, e2, h_x, h_y in *. subst s2 D v w.
  field. split; assumption.
Qed.

(* ---- Along a characteristic ---- *)

Section Characteristic.
Variables a b c a_x a_y b_x b_y c_x c_y p r : R -> R.
Variables a_xx a_xy a_yy b_xx b_xy b_yy c_xx c_xy c_yy : R -> R.
Variables X1 Y1 P1 Q1 X2 Y2 P2 Q2 : R -> R.
Variables kappa T u_xx u_xy u_yy : R.
Notation D := (det a b c).
Notation A t := (jet_a a a_x a_y a_xx a_xy a_yy t).
Notation B t := (jet_b b b_x b_y b_xx b_xy b_yy t).
Notation C t := (jet_c c c_x c_y c_xx c_xy c_yy t).
Hypothesis solution : forall t, 0 <= t <= T ->
  along_solution a b c a_x a_y b_x b_y c_x c_y p r a_xx a_xy a_yy b_xx b_xy b_yy c_xx c_xy c_yy t.
Notation linear X Y P Q t := (linearized_solution a b c a_x a_y b_x b_y c_x c_y p r X Y P Q a_xx a_xy a_yy b_xx b_xy b_yy c_xx c_xy c_yy t).
Hypothesis linear1 : forall t, 0 <= t <= T -> linear X1 Y1 P1 Q1 t.
Hypothesis linear2 : forall t, 0 <= t <= T -> linear X2 Y2 P2 Q2 t.
Hypothesis metric : forall t, 0 <= t <= T -> posdef (a t) (b t) (c t).
Hypothesis curvature : forall t, 0 <= t <= T -> has_curvature (A t) (B t) (C t) kappa.
Hypothesis start1 : X1 0 = 1 /\ Y1 0 = 0 /\ P1 0 = u_xx /\ Q1 0 = u_xy.
Hypothesis start2 : X2 0 = 0 /\ Y2 0 = 1 /\ P2 0 = u_xy /\ Q2 0 = u_yy.

Definition jet_u : jet2 := {| jv := 0; jx := p 0; jy := r 0; jxx := u_xx; jxy := u_xy; jyy := u_yy |}.
Let s2 := speed2_ a b c p r 0.
Let lam := kappa * s2.
Let E11 t := focal11 kappa t (A 0) (B 0) (C 0) jet_u.
Let E12 t := focal12 kappa t (A 0) (B 0) (C 0) jet_u.
Let E22 t := focal22 kappa t (A 0) (B 0) (C 0) jet_u.
Definition detQ t := X1 t * Y2 t - X2 t * Y1 t.

Lemma speed_constant t : 0 <= t <= T -> speed2_ a b c p r t = s2.
Proof. intro Ht. apply (stays (speed2_ a b c p r) T); [|easy]. intros s Hs. eapply derive_speed2; [now apply solution | now apply linear1]. Qed.
Lemma along_linear X Y P Q t : (forall t, 0 <= t <= T -> linear X Y P Q t) -> 0 <= t <= T ->
  along p r X Y t = along p r X Y 0 + t * energy a b c a_x a_y b_x b_y c_x c_y p r X Y P Q 0.
Proof.
  intros L Ht. set (e := energy a b c a_x a_y b_x b_y c_x c_y p r X Y P Q).
  assert (Ee : forall s, 0 <= s <= T -> e s = e 0).
  { intros s Hs. apply (stays e T); [|easy]. intros z Hz. eapply derive_energy; [now apply solution | now apply L]. }
  assert (K : along p r X Y t - t * e 0 = along p r X Y 0 - 0 * e 0); [|lra].
  apply (stays (fun t => along p r X Y t - t * e 0) T); [|easy]. intros s Hs.
  assert (G : is_derive (along p r X Y) s (e s)) by (eapply derive_along; [now apply solution | now apply L]).
  calculus. rewrite (Ee s Hs). ring.
Qed.
Lemma across_oscillates X Y P Q t : (forall t, 0 <= t <= T -> linear X Y P Q t) -> 0 <= t <= T ->
  beta a b c p r X Y t = beta a b c p r X Y 0 * cs lam t + gamma a b c a_x a_y b_x b_y c_x c_y p r X Y P Q 0 * sn lam t.
Proof.
  intros L Ht. apply (oscillator lam _ _ T); [|easy]. intros s Hs.
  unfold lam. rewrite <- (speed_constant s Hs).
  eapply derive_across; [now apply solution | now apply L | apply (proj2 (metric s Hs)) | now apply curvature].
Qed.

(* a point at rest *)
Lemma at_rest t : s2 = 0 -> 0 <= t <= T -> p t = 0 /\ r t = 0.
Proof.
  intros E Ht. assert (K := speed_constant t Ht). rewrite E in K.
  assert (M := fun H => posdef_quadratic (a t) (b t) (c t) (p t) (r t) (metric t Ht) H). unfold speed2_, v, w in K.
  destruct (Req_dec (p t) 0) as [E1|E1]; [destruct (Req_dec (r t) 0) as [E2|E2]; [easy|]|]; exfalso;
    [specialize (M (or_intror E2)) | specialize (M (or_introl E1))]; lra.
Qed.
Lemma rest_metric t : s2 = 0 -> 0 <= t <= T -> a t = a 0 /\ b t = b 0 /\ c t = c 0.
Proof.
  intros E Ht. repeat split; apply (stays _ T); try easy; intros s Hs; destruct (at_rest s E Hs) as [Ep Er];
    destruct (solution s Hs) as [H1 _ _ H2 _ _ H3 _ _ _ _]; unfold moves, v, w in *; rewrite Ep, Er in *;
    match goal with |- is_derive ?f s 0 => match goal with H : is_derive f s ?l |- _ => apply is_derive_eq with (1 := H); ring end end.
Qed.
Lemma rest_linear X Y P Q t : s2 = 0 -> (forall t, 0 <= t <= T -> linear X Y P Q t) -> 0 <= t <= T ->
  X t = X 0 + t * (a 0 * P 0 + b 0 * Q 0) /\ Y t = Y 0 + t * (b 0 * P 0 + c 0 * Q 0).
Proof.
  intros E L Ht.
  assert (K : forall s, 0 <= s <= T -> P s = P 0 /\ Q s = Q 0).
  { intros s Hs. split; apply (stays _ T); try easy; intros z Hz; destruct (at_rest z E Hz) as [Ep Er];
      destruct (L z Hz) as [_ _ H1 H2]; unfold h_xx, h_xy, h_yy, v_x, v_y, w_x, w_y in *; rewrite Ep, Er in *;
      match goal with |- is_derive ?f z 0 => match goal with H : is_derive f z ?l |- _ => apply is_derive_eq with (1 := H); field end end. }
  assert (M : X t - t * (a 0 * P 0 + b 0 * Q 0) = X 0 - 0 * (a 0 * P 0 + b 0 * Q 0) /\
    Y t - t * (b 0 * P 0 + c 0 * Q 0) = Y 0 - 0 * (b 0 * P 0 + c 0 * Q 0)); [|lra].
  split; [apply (stays (fun t => X t - t * (a 0 * P 0 + b 0 * Q 0)) T) | apply (stays (fun t => Y t - t * (b 0 * P 0 + c 0 * Q 0)) T)];
    try easy; intros s Hs; destruct (at_rest s E Hs) as [Ep Er]; destruct (rest_metric s E Hs) as (Ea & Eb & Ec);
    destruct (K s Hs) as [EP EQ]; destruct (L s Hs) as [H1 H2 _ _]; unfold v_x, v_y, w_x, w_y in *; rewrite Ep, Er, Ea, Eb, Ec, EP, EQ in *;
    calculus; ring.
Qed.

Lemma matrix_moving t : s2 <> 0 ->
  E11 t = Cosine (lam * (t * t)) * a 0 + (Sine (lam * (t * t)) - Cosine (lam * (t * t))) / s2 * (v a b p r 0 * v a b p r 0)
    + t * Sine (lam * (t * t)) * hess11 (A 0) (B 0) (C 0) jet_u /\
  E12 t = Cosine (lam * (t * t)) * b 0 + (Sine (lam * (t * t)) - Cosine (lam * (t * t))) / s2 * (v a b p r 0 * w b c p r 0)
    + t * Sine (lam * (t * t)) * hess12 (A 0) (B 0) (C 0) jet_u /\
  E22 t = Cosine (lam * (t * t)) * c 0 + (Sine (lam * (t * t)) - Cosine (lam * (t * t))) / s2 * (w b c p r 0 * w b c p r 0)
    + t * Sine (lam * (t * t)) * hess22 (A 0) (B 0) (C 0) jet_u.
Proof.
  intro N. unfold E11, E12, E22, focal11, focal12, focal22.
  assert (Y : angle2 kappa t (A 0) (B 0) (C 0) jet_u = lam * (t * t)).
  { unfold lam, s2, angle2, speed2, vel1, vel2, speed2_, v, w, jet_a, jet_b, jet_c, jet_u. cbn [jv jx jy]. ring. }
  rewrite Y. assert (Q := quotient_relation (lam * (t * t))). rewrite <- Q.
  change (vel1 (A 0) (B 0) jet_u) with (v a b p r 0). change (vel2 (B 0) (C 0) jet_u) with (w b c p r 0).
  change (jv (A 0)) with (a 0). change (jv (B 0)) with (b 0). change (jv (C 0)) with (c 0).
  repeat split; unfold lam; field; exact N.
Qed.
Theorem focal_formula t : 0 <= t <= T ->
  detQ t * Sine (lam * (t * t)) * (D 0 * sqrt (D 0)) = sqrt (D t) * (E11 t * E22 t - E12 t * E12 t).
Proof.
  intro Ht. assert (T0 : 0 <= 0 <= T) by lra. destruct start1 as (I1 & I2 & I3 & I4). destruct start2 as (I5 & I6 & I7 & I8).
  destruct (Req_dec s2 0) as [E|N].
  - destruct (rest_linear X1 Y1 P1 Q1 t E linear1 Ht) as [EX1 EY1]. destruct (rest_linear X2 Y2 P2 Q2 t E linear2 Ht) as [EX2 EY2].
    destruct (rest_metric t E Ht) as (Ea & Eb & Ec). destruct (at_rest 0 E T0) as [Ep Er].
    unfold detQ, E11, E12, E22, focal11, focal12, focal22, angle2, hess11, hess12, hess22, speed2, vel1, vel2, lam, jet_a, jet_b, jet_c, jet_u.
    cbn [jv jx jy jxx jxy jyy]. rewrite EX1, EY1, EX2, EY2, E, Ep, Er, I1, I2, I3, I4, I5, I6, I7, I8, ?Rmult_0_r, ?Rplus_0_r, ?Rmult_0_r, ?Rmult_0_l,
      cosine_0, sine_0. unfold det. rewrite Ea, Eb, Ec. ring.
  - destruct (matrix_moving t N) as (-> & -> & ->).
    assert (PD : 0 < D 0) by apply (metric 0 T0). assert (PT : 0 < D t) by apply (metric t Ht).
    assert (R0 := sqrt_lt_R0 _ PD). assert (Rt := sqrt_lt_R0 _ PT).
    assert (L1 := along_linear X1 Y1 P1 Q1 t linear1 Ht). assert (L2 := along_linear X2 Y2 P2 Q2 t linear2 Ht).
    assert (O1 := across_oscillates X1 Y1 P1 Q1 t linear1 Ht). assert (O2 := across_oscillates X2 Y2 P2 Q2 t linear2 Ht).
    assert (W : s2 * detQ t = sqrt (D t) * (along p r X1 Y1 t * beta a b c p r X2 Y2 t - along p r X2 Y2 t * beta a b c p r X1 Y1 t)).
    { rewrite <- (speed_constant t Ht). unfold beta, cross, along, speed2_, detQ. field. lra. }
    rewrite L1, L2, O1, O2 in W.
    assert (K := start_identity (a 0) (b 0) (c 0) (a_x 0) (a_y 0) (b_x 0) (b_y 0) (c_x 0) (c_y 0) (p 0) (r 0) u_xx u_xy u_yy
      (Cosine (lam * (t * t))) (Sine (lam * (t * t))) t). cbv zeta in K.
    specialize (K N (Rgt_not_eq _ _ PD)).
    apply Rmult_eq_reg_l with s2; [|exact N].
    match type of K with _ = ?k => transitivity (sqrt (D t) * k) end; [rewrite <- K | unfold hess11, hess12, hess22, jet_a, jet_b, jet_c, jet_u, s2, speed2_, v, w; cbn [jv jx jy jxx jxy jyy]; ring].
    replace (s2 * (detQ t * Sine (lam * (t * t)) * (D 0 * sqrt (D 0)))) with (s2 * detQ t * (Sine (lam * (t * t)) * D 0 * sqrt (D 0))) by ring.
    rewrite W. unfold beta, gamma, along, energy, cross, cross', h_x, h_y, v', w', det', cs, sn, v_x, v_y, w_x, w_y.
    rewrite I1, I2, I3, I4, I5, I6, I7, I8. set (d := sqrt (D 0)) in *. set (d' := sqrt (D t)). unfold v, w, det, h_x, h_y. field.
    split; [exact (Rgt_not_eq _ _ PD) | lra].
Qed.
End Characteristic.
Print Assumptions focal_formula.
Print Assumptions definite_before.
Print Assumptions root_before.
