(* The matrix E(T) of Surface.v as Taylor models: with Search2.v, a search over a domain.

   surface_covered: E(T) is positive definite on a box, if the search finds it so; surface_witness: it has a negative
   direction at a point; metric_covered: A is positive definite on a box, where the formulas are defined. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet Cover Flat Search2 Surface Stumpff.
Import ListNotations.
Open Scope R_scope.

Section Search.
Variables (pr : positive) (deg : nat) (ea eb ec eu : expr) (kappa : ratio).

Definition at_point {m} (x y : model m) (k : nat) : model m :=
  match k with O => x | 1%nat => y | _ => mint m pr 0 end.
Definition metric_matrix (m : nat) (x y : model m) : matrix m :=
  let f e := val m (jets m pr deg one 2 e (at_point x y)) in let b := f eb in let c := f ec in
  mkmatrix (guard m b (guard m c (f ea))) b c.

(* a b + c d *)
Definition dot {m} (a b c d : model m) : model m := madd m (mmul m pr deg one a b) (mmul m pr deg one c d).
(* twice the contravariant Hessian, with d_k v^j = sum_l d_k (A^jl u_l):  A^ik d_k v^j + A^jk d_k v^i - v^k d_k A^ij *)
Definition hessian {m} (A B C U : jet m) : matrix m :=
  let u1 := g_ m U 0 in let u2 := g_ m U 1 in
  let a := val m A in let b := val m B in let c := val m C in
  let v1 := dot a u1 b u2 in let v2 := dot b u1 c u2 in
  let d k P Q := madd m (dot (g_ m P k) u1 (g_ m Q k) u2) (dot (val m P) (h_ m U 0 k) (val m Q) (h_ m U 1 k)) in
  let d1v1 := d 0%nat A B in let d2v1 := d 1%nat A B in let d1v2 := d 0%nat B C in let d2v2 := d 1%nat B C in
  let along P := dot v1 (g_ m P 0) v2 (g_ m P 1) in
  mkmatrix (msub m (mtimes m 2 (dot a d1v1 b d2v1)) (along A))
           (msub m (madd m (dot a d1v2 b d2v2) (dot b d1v1 c d2v1)) (along B))
           (msub m (mtimes m 2 (dot b d1v2 c d2v2)) (along C)).
(* with w = kappa T^2 v *)
Definition curved {m} (T : ratio) (A B C U : jet m) : matrix m :=
  let K := hessian A B C U in
  let u1 := g_ m U 0 in let u2 := g_ m U 1 in
  let a := val m A in let b := val m B in let c := val m C in
  let v1 := dot a u1 b u2 in let v2 := dot b u1 c u2 in
  let scaled := mscale m (fst kappa * (fst T * fst T)) (snd kappa * (snd T * snd T)) in
  let w1 := scaled v1 in let w2 := scaled v2 in let y := dot u1 w1 u2 w2 in
  let small := mk (pzero m) 0 (bound m y <=? 9 * unit pr)%Z in
  let N := enough pr 40 (bound m y) (28 * unit pr) 2 in
  let c2 := mscale m 1 2 (mstumpff m pr deg N 2 y) in let c3 := mscale m 1 6 (mstumpff m pr deg N 3 y) in
  let cosine := msub m (mint m pr 1) (mmul m pr deg one y c2) in
  let sine := mscale m (fst T) (xO (snd T)) (msub m (mint m pr 1) (mmul m pr deg one y c3)) in
  let quotient := msub m c2 c3 in
  let f P k vw := guard m small (madd m (dot cosine P sine k) (mmul m pr deg one quotient vw)) in
  let mul := mmul m pr deg one in
  mkmatrix (f a (m11 K) (mul v1 w1)) (f b (m12 K) (mul v1 w2)) (f c (m22 K) (mul v2 w2)).
Definition flat {m} (T : ratio) (A B C U : jet m) : matrix m :=
  let K := hessian A B C U in let f P k := madd m P (mscale m (fst T) (xO (snd T)) k) in
  mkmatrix (f (val m A) (m11 K)) (f (val m B) (m12 K)) (f (val m C) (m22 K)).
Definition surface_matrix (T : ratio) (m : nat) (x y : model m) : matrix m :=
  let J e := jets m pr deg one 2 e (at_point x y) in let A := J ea in let B := J eb in let C := J ec in let U := J eu in
  let M := if (fst kappa =? 0)%Z then flat T A B C U else curved T A B C U in
  mkmatrix (guard m (val m A) (guard m (val m B) (guard m (val m C) (guard m (val m U) (m11 M))))) (m12 M) (m22 M).

Definition surface_leaf (T : ratio) : box -> bool := leaf pr deg (surface_matrix T).
Definition surface_negative (T x y : ratio) : bool :=
  let at_ r := mconst 0 pr (fst r) (snd r) in let '(v, w) := direction (Zpos pr) (surface_matrix T 0 (at_ x) (at_ y)) in
  witness pr (surface_matrix T) x y v w.
Definition metric_leaf : box -> bool := leaf pr deg metric_matrix.

Notation JA := (jet2_of ea). Notation JB := (jet2_of eb). Notation JC := (jet2_of ec). Notation JU := (jet2_of eu).

Section Point.
Variables (m : nat) (z : nat -> R).
Hypothesis Hz : forall i, Rabs (z i) <= 1.
Notation holds T y := (holds m pr T z y).

(* a jet of models encloses a jet *)
Definition near (J : jet m) (j : jet2) : Prop :=
  holds (val m J) (jv j) /\ holds (g_ m J 0) (jx j) /\ holds (g_ m J 1) (jy j) /\
  holds (h_ m J 0 0) (jxx j) /\ (holds (h_ m J 0 1) (jxy j) /\ holds (h_ m J 1 0) (jxy j)) /\ holds (h_ m J 1 1) (jyy j).

Lemma dot_ok a b c d x y s t : holds a x -> holds b y -> holds c s -> holds d t -> holds (dot a b c d) (x * y + s * t).
Proof. intros. apply madd_ok; now apply mmul_ok. Qed.
Ltac enclosed := repeat first [eassumption | apply msub_ok | apply madd_ok | apply mtimes_ok | apply dot_ok | (apply mmul_ok; [exact Hz | |])].
Lemma hessian_encloses A B C U a b c u : near A a -> near B b -> near C c -> near U u ->
  models pr m z (hessian A B C U) (2 * hess11 a b c u) (2 * hess12 a b c u) (2 * hess22 a b c u).
Proof.
  intros (A0 & A1 & A2 & _) (B0 & B1 & B2 & _) (C0 & C1 & C2 & _) (U0 & U1 & U2 & U11 & (U12 & U21) & U22).
  unfold hessian. cbv zeta.
  repeat split; cbn [m11 m12 m22]; (eapply holds_eq; [enclosed|]); unfold hess11, hess12, hess22; field.
Qed.
Lemma half_T T F k : holds F (2 * k) -> holds (mscale m (fst T) (xO (snd T)) F) (ratioR T * k).
Proof.
  intro H. apply holds_eq with (1 := mscale_ok m pr z Hz _ _ _ _ H). unfold ratioR.
  rewrite (Pos2Z.inj_xO (snd T)), mult_IZR. assert (K := IZR_lt 0 (Zpos (snd T)) eq_refl). field. lra.
Qed.
Lemma flat_encloses T A B C U a b c u : fst kappa = 0%Z -> near A a -> near B b -> near C c -> near U u ->
  models pr m z (flat T A B C U) (focal11 (ratioR kappa) (ratioR T) a b c u) (focal12 (ratioR kappa) (ratioR T) a b c u)
    (focal22 (ratioR kappa) (ratioR T) a b c u).
Proof.
  intros K0 HA HB HC HU. destruct (hessian_encloses _ _ _ _ _ _ _ _ HA HB HC HU) as (K1 & K2 & K3).
  assert (K : ratioR kappa = 0) by (unfold ratioR; rewrite K0; unfold Rdiv; ring).
  assert (Z9 : Rabs 0 <= 9) by (rewrite Rabs_R0; lra).
  unfold focal11, focal12, focal22, angle2. rewrite K, !Rmult_0_l, !Rplus_0_r, (Cosine_stumpff 0 Z9), (Sine_stumpff 0 Z9).
  rewrite !Rmult_0_l, !Rmult_0_r, !Rminus_0_r, !Rmult_1_r, !Rmult_1_l.
  destruct HA as (A0 & _), HB as (B0 & _), HC as (C0 & _). unfold flat. cbv zeta.
  repeat split; cbn [m11 m12 m22]; (apply madd_ok; [assumption | now apply half_T]).
Qed.
Lemma small_ok Y y : holds Y y -> (bound m Y <=? 9 * unit pr)%Z = true -> valid Y = true -> Rabs y <= 9.
Proof.
  intros H B V. assert (K := bound_ok m pr z Hz _ _ H V). assert (HU := U_pos pr).
  apply Z.leb_le, IZR_le in B. rewrite mult_IZR in B. rewrite Rabs_mult, (Rabs_pos_eq (IZR (unit pr))) in K by lra.
  apply Rmult_le_reg_r with (IZR (unit pr)); lra.
Qed.
Lemma guard_if A F y : (valid A = true -> holds F y) -> holds (guard m A F) y.
Proof. intros H V. apply andb_prop in V. destruct V as [VA VF]. now apply H. Qed.
Lemma small_valid (M : model m) b F : valid (guard m (mk (pzero m) 0 b) F) = true -> b = true /\ valid F = true.
Proof. intro V. now apply andb_prop in V. Qed.
Lemma dot_valid a b c d : valid (dot a b c d : model m) = true -> valid a = true /\ valid b = true /\ valid c = true /\ valid d = true.
Proof.
  intro V. apply andb_prop in V. destruct V as [V1 V2]. apply andb_prop in V1, V2. tauto.
Qed.

Lemma curved_encloses T A B C U a b c u : near A a -> near B b -> near C c -> near U u ->
  let k := ratioR kappa in let t := ratioR T in
  models pr m z (curved T A B C U) (focal11 k t a b c u) (focal12 k t a b c u) (focal22 k t a b c u) /\
  (valid (m11 (curved T A B C U)) = true -> Rabs (angle2 k t a b c u) <= 9).
Proof.
  intros HA HB HC HU k t. destruct (hessian_encloses _ _ _ _ _ _ _ _ HA HB HC HU) as (K1 & K2 & K3).
  destruct HA as (A0 & _), HB as (B0 & _), HC as (C0 & _), HU as (_ & U1 & U2 & _).
  unfold curved. cbv zeta. cbn [m11 m12 m22].
  set (v1 := dot (val m A) _ _ _). set (v2 := dot (val m B) _ _ _).
  assert (V1 : holds v1 (vel1 a b u)) by now apply dot_ok.
  assert (V2 : holds v2 (vel2 b c u)) by now apply dot_ok.
  set (scaled := mscale m _ _).
  assert (W : forall F w, holds F w -> holds (scaled F) (k * (t * t) * w)).
  { intros F w H. apply holds_eq with (1 := mscale_ok m pr z Hz _ _ _ _ H). unfold k, t, ratioR.
    rewrite !Pos2Z.inj_mul, !mult_IZR. assert (P := fun p => IZR_lt 0 (Zpos p) eq_refl).
    assert (P1 := P (snd kappa)). assert (P2 := P (snd T)). field. lra. }
  assert (W1 := W _ _ V1). assert (W2 := W _ _ V2). set (w1 := scaled v1) in *. set (w2 := scaled v2) in *.
  set (y := dot _ w1 _ w2).
  assert (Y : holds y (angle2 k t a b c u)).
  { eapply holds_eq; [apply dot_ok; eassumption|]. unfold angle2, speed2. ring. }
  set (small := (bound m y <=? 9 * unit pr)%Z). set (N := enough _ _ _ _ _).
  set (c2 := mscale m 1 2 _). set (c3 := mscale m 1 6 _).
  assert (Small : small = true -> valid y = true -> Rabs (angle2 k t a b c u) <= 9) by (intros; now apply (small_ok y)).
  assert (S2 : Rabs (angle2 k t a b c u) <= 9 -> holds c2 (1 / 2 * stumpff 2 (angle2 k t a b c u))).
  { intro H. apply (mscale_ok m pr z Hz 1 2). now apply (mstumpff_ok m pr deg z y _ N 2). }
  assert (S3 : Rabs (angle2 k t a b c u) <= 9 -> holds c3 (1 / 6 * stumpff 3 (angle2 k t a b c u))).
  { intro H. apply (mscale_ok m pr z Hz 1 6). now apply (mstumpff_ok m pr deg z y _ N 3). }
  set (cosine := msub m _ _). set (sine := mscale m (fst T) _ _). set (quotient := msub m c2 c3).
  assert (E : forall P K v w p h x y', holds P p -> holds K (2 * h) -> holds v x -> holds w (k * (t * t) * y') ->
    holds (guard m (mk (pzero m) 0 small) (madd m (dot cosine P sine K) (mmul m pr deg one quotient (mmul m pr deg one v w))))
      (Cosine (angle2 k t a b c u) * p + k * (t * t) * Quotient (angle2 k t a b c u) * (x * y')
       + t * Sine (angle2 k t a b c u) * h)).
  { intros P K v w p h x y' HP HK Hv Hw V. apply small_valid in V; [|exact y]. destruct V as [Hs V].
    assert (Vy : valid y = true).
    { apply andb_prop in V. destruct V as [V _]. apply dot_valid in V. destruct V as (V & _).
      apply andb_prop in V. destruct V as [_ V]. unfold mtimes in V. cbn [Z.eqb valid] in V.
      apply andb_prop in V. now destruct V as [V _]. }
    specialize (Small Hs Vy). specialize (S2 Small). specialize (S3 Small).
    rewrite (Cosine_stumpff _ Small), (Sine_stumpff _ Small), (Quotient_stumpff _ Small).
    set (s2 := stumpff 2 _) in *. set (s3 := stumpff 3 _) in *. set (yy := angle2 k t a b c u) in *.
    assert (HC : holds cosine (1 - yy * (1 / 2 * s2))) by (apply msub_ok; [apply (mint_ok m pr z 1) | now apply mmul_ok]).
    assert (HS : holds sine (t / 2 * (1 - yy * (1 / 6 * s3)))).
    { eapply holds_eq; [apply mscale_ok; [exact Hz|]; apply msub_ok; [apply (mint_ok m pr z 1) | apply mmul_ok; [exact Hz | exact Y | exact S3]]|].
      unfold t, ratioR. rewrite (Pos2Z.inj_xO (snd T)), mult_IZR. assert (Q := IZR_lt 0 (Zpos (snd T)) eq_refl). field. lra. }
    assert (HQ : holds quotient (1 / 2 * s2 - 1 / 6 * s3)) by now apply msub_ok.
    assert (HF : holds (madd m (dot cosine P sine K) (mmul m pr deg one quotient (mmul m pr deg one v w)))
      ((1 - yy * (1 / 2 * s2)) * p + t / 2 * (1 - yy * (1 / 6 * s3)) * (2 * h)
       + (1 / 2 * s2 - 1 / 6 * s3) * (x * (k * (t * t) * y')))).
    { apply madd_ok; [now apply dot_ok|]. apply mmul_ok; [easy | easy | now apply mmul_ok]. }
    eapply holds_eq with (1 := HF) in V; [exact V | field]. }
  split; [repeat split; now apply E|]. intro V. apply small_valid in V; [|exact y]. destruct V as [Hs V]. apply (Small Hs).
  apply andb_prop in V. destruct V as [V _]. apply dot_valid in V. destruct V as (V & _).
  apply andb_prop in V. destruct V as [_ V]. unfold mtimes in V. cbn [Z.eqb valid] in V.
  apply andb_prop in V. now destruct V as [V _].
Qed.

Section Jets.
Variables (X Y : model m) (x y : R).
Hypothesis HX : holds X x.
Hypothesis HY : holds Y y.
Lemma at_point_ok k : holds (at_point X Y k) (env2 x y k).
Proof. destruct k as [|[|k]]; [exact HX | exact HY | apply (mint_ok m pr z 0)]. Qed.
Lemma jets_near e : near (jets m pr deg one 2 e (at_point X Y)) (jet2_of e x y).
Proof.
  destruct (jet_ok m pr deg one 2 z Hz e _ _ at_point_ok) as (V & G & H).
  unfold near, jet2_of. cbn [jv jx jy jxx jxy jyy]. repeat split; auto; try (apply G; lia); try (apply H; lia).
  rewrite he_sym. apply H; lia.
Qed.
Lemma jets_defined e : valid (val m (jets m pr deg one 2 e (at_point X Y))) = true -> defined e (env2 x y).
Proof. apply (jet_defined m pr deg one 2 z Hz e _ _ at_point_ok). Qed.
Lemma metric_encloses :
  models pr m z (metric_matrix m X Y) (ev ea (env2 x y)) (ev eb (env2 x y)) (ev ec (env2 x y)) /\
  (valid (m11 (metric_matrix m X Y)) = true ->
    defined ea (env2 x y) /\ defined eb (env2 x y) /\ defined ec (env2 x y)).
Proof.
  destruct (jets_near ea) as (A & _), (jets_near eb) as (B & _), (jets_near ec) as (C & _). split.
  - repeat split; cbn [metric_matrix m11 m12 m22]; try assumption. now do 2 apply guard_ok.
  - intro V. cbn [metric_matrix m11] in V. apply andb_prop in V. destruct V as [VB V]. apply andb_prop in V. destruct V as [VC V].
    now repeat split; apply jets_defined.
Qed.
Lemma surface_encloses T : let k := ratioR kappa in let t := ratioR T in
  models pr m z (surface_matrix T m X Y) (focal11 k t (JA x y) (JB x y) (JC x y) (JU x y))
    (focal12 k t (JA x y) (JB x y) (JC x y) (JU x y)) (focal22 k t (JA x y) (JB x y) (JC x y) (JU x y)) /\
  (valid (m11 (surface_matrix T m X Y)) = true ->
    defined eu (env2 x y) /\ Rabs (angle2 k t (JA x y) (JB x y) (JC x y) (JU x y)) <= 9).
Proof.
  intros k t. unfold surface_matrix. cbv zeta. cbn [m11 m12 m22].
  assert (HA := jets_near ea). assert (HB := jets_near eb). assert (HC := jets_near ec). assert (HU := jets_near eu).
  assert (DU := jets_defined eu). revert HA HB HC HU DU.
  generalize (jets m pr deg one 2 ea (at_point X Y)) (jets m pr deg one 2 eb (at_point X Y))
    (jets m pr deg one 2 ec (at_point X Y)) (jets m pr deg one 2 eu (at_point X Y)). intros A B C U HA HB HC HU DU.
  assert (Q : forall M f g h, models pr m z M f g h ->
    models pr m z (mkmatrix (guard m (val m A) (guard m (val m B) (guard m (val m C) (guard m (val m U) (m11 M))))) (m12 M) (m22 M)) f g h).
  { intros M f g h (H1 & H2 & H3). repeat split; cbn [m11 m12 m22]; try assumption. now do 4 apply guard_ok. }
  destruct (Z.eqb_spec (fst kappa) 0) as [K0|K0].
  - split; [apply Q; now apply flat_encloses|]. intro V. do 3 (apply andb_prop in V; destruct V as [_ V]).
    apply andb_prop in V. destruct V as [VU _]. split; [now apply DU|].
    unfold angle2, k, ratioR. rewrite K0. unfold Rdiv. rewrite !Rmult_0_l, Rabs_R0. lra.
  - destruct (curved_encloses T A B C U _ _ _ _ HA HB HC HU) as [E1 E2]. split; [now apply Q|].
    intro V. do 3 (apply andb_prop in V; destruct V as [_ V]). apply andb_prop in V. destruct V as [VU V].
    split; [now apply DU | now apply E2].
Qed.
End Jets.
End Point.

Theorem metric_covered fuel B : cover metric_leaf fuel B = true -> forall x y, within B 0 (env2 x y) -> regular ea eb ec x y.
Proof.
  intros H x y Hxy. destruct (covered_ok pr deg metric_matrix _ _ _ _
    (fun m z X Y x y Hz HX HY => metric_encloses m z Hz X Y x y HX HY) fuel B H x y Hxy) as [D P].
  exact (conj D P).
Qed.
Theorem surface_covered T fuel B : cover (surface_leaf T) fuel B = true -> forall x y, within B 0 (env2 x y) ->
  let k := ratioR kappa in let t := ratioR T in
  (defined eu (env2 x y) /\ Rabs (angle2 k t (JA x y) (JB x y) (JC x y) (JU x y)) <= 9) /\
  posdef (focal11 k t (JA x y) (JB x y) (JC x y) (JU x y)) (focal12 k t (JA x y) (JB x y) (JC x y) (JU x y))
    (focal22 k t (JA x y) (JB x y) (JC x y) (JU x y)).
Proof.
  intros H x y Hxy k t. exact (covered_ok pr deg (surface_matrix T) _ _ _ _
    (fun m z X Y x y Hz HX HY => surface_encloses m z Hz X Y x y HX HY T) fuel B H x y Hxy).
Qed.
Theorem surface_witness T px py : surface_negative T px py = true ->
  let k := ratioR kappa in let t := ratioR T in let x := ratioR px in let y := ratioR py in
  (defined eu (env2 x y) /\ Rabs (angle2 k t (JA x y) (JB x y) (JC x y) (JU x y)) <= 9) /\
  exists v w, focal11 k t (JA x y) (JB x y) (JC x y) (JU x y) * (v * v)
    + 2 * focal12 k t (JA x y) (JB x y) (JC x y) (JU x y) * (v * w)
    + focal22 k t (JA x y) (JB x y) (JC x y) (JU x y) * (w * w) < 0.
Proof.
  intros H k t x y. unfold surface_negative in H. cbv zeta in H. destruct (direction _ _) as [v w].
  destruct (witness_ok pr (surface_matrix T) _ _ _ _
    (fun m z X Y x y Hz HX HY => surface_encloses m z Hz X Y x y HX HY T) px py v w H) as [P Q].
  split; [exact P|]. now exists (IZR v), (IZR w).
Qed.
End Search.
Print Assumptions metric_covered.
Print Assumptions surface_covered.
Print Assumptions surface_witness.
