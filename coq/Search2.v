(* Positive definite symmetric 2x2 matrices over a box: the search that the files of two coordinates share.

   A matrix is found positive definite, after a change of basis, by diagonal dominance or by a Schur complement; a box
   is tried as it is and in coordinates along its diagonals. leaf_ok, witness_ok: what a family F of matrices of Taylor
   models proves about the matrix (a b; b c) that it encloses. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Cover Flat.
Import ListNotations.
Open Scope R_scope.

(* ---- Positive definite symmetric matrices ---- *)

Definition posdef (a b c : R) : Prop := 0 < a /\ 0 < a * c - b * b.

Lemma factor_pos' a g : 0 < a * g -> 0 < a -> 0 < g.
Proof. intros E Ha. apply Rmult_lt_reg_l with a; lra. Qed.
Lemma posdef_dominant a b c : Rabs b < a -> Rabs b < c -> posdef a b c.
Proof. intros Ha Hc. assert (H := Rabs_pos b). split; [lra|].
  assert (Rabs b * Rabs b < a * c) by (apply Rmult_le_0_lt_compat; lra).
  replace (b * b) with (Rabs b * Rabs b); [lra|]. rewrite <- Rabs_mult, Rabs_pos_eq; [easy | apply Rle_0_sqr].
Qed.
Lemma posdef_schur a b c beta : 0 < beta <= c -> 0 < beta * a - b * b -> posdef a b c.
Proof.
  intros Hb H. assert (0 <= b * b) by apply Rle_0_sqr. assert (Ha : 0 < a) by (apply factor_pos' with beta; lra).
  split; [easy|]. assert (beta * a <= c * a) by (apply Rmult_le_compat_r; lra). lra.
Qed.
(* of V^T F V, where V has the rows (v, -w), (w, v) *)
Lemma posdef_rotate a b c v w : v * v + w * w <> 0 ->
  posdef (v * v * a + 2 * (v * w) * b + w * w * c) (v * w * (c - a) + (v * v - w * w) * b)
         (w * w * a - 2 * (v * w) * b + v * v * c) -> posdef a b c.
Proof.
  intros Hn [H1 H2]. set (n := v * v + w * w) in *.
  assert (Hnn : 0 < n * n) by (destruct (Rtotal_order n 0) as [|[|]]; nra).
  assert (E : (v * v * a + 2 * (v * w) * b + w * w * c) * (w * w * a - 2 * (v * w) * b + v * v * c)
    - (v * w * (c - a) + (v * v - w * w) * b) * (v * w * (c - a) + (v * v - w * w) * b) = n * n * (a * c - b * b))
    by (unfold n; ring).
  rewrite E in H2. assert (D : 0 < a * c - b * b) by (apply factor_pos' with (n * n); lra).
  split; [|easy]. assert (Q : 0 <= b * b) by apply Rle_0_sqr.
  destruct (Rtotal_order a 0) as [Ha|[Ha|Ha]]; [|rewrite Ha in D; lra | easy]. exfalso.
  assert (a * (v * v * a + 2 * (v * w) * b + w * w * c)
    = (a * v + b * w) * (a * v + b * w) + w * w * (a * c - b * b)) by ring.
  assert (0 <= (a * v + b * w) * (a * v + b * w)) by apply Rle_0_sqr.
  assert (0 <= w * w * (a * c - b * b)) by (apply Rmult_le_pos; [apply Rle_0_sqr | lra]).
  assert (0 < - a * (v * v * a + 2 * (v * w) * b + w * w * c)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.
Lemma posdef_quadratic a b c v w : posdef a b c -> (v <> 0 \/ w <> 0) -> 0 < a * (v * v) + 2 * b * (v * w) + c * (w * w).
Proof.
  intros [Ha D] H. apply factor_pos' with a; [|easy].
  replace (a * _) with ((a * v + b * w) * (a * v + b * w) + (a * c - b * b) * (w * w)) by ring.
  assert (0 <= (a * v + b * w) * (a * v + b * w)) by apply Rle_0_sqr.
  destruct (Req_dec w 0) as [->|Hw].
  - destruct H as [H|]; [|easy]. assert (0 < a * v * (a * v)) by (apply Rlt_0_sqr, Rmult_integral_contrapositive; lra). lra.
  - assert (0 < (a * c - b * b) * (w * w)) by (apply Rmult_lt_0_compat; [easy | now apply Rlt_0_sqr]). lra.
Qed.

(* ---- Coordinates along the diagonals: z_0 = s + d, z_1 = s - d ---- *)

(* s + c d *)
Definition diagonal (c : Z) : poly 2 := [[0; 1]; [c]]%Z.
Definition absorb (a : Z) (c : Z) (p : poly 2 * Z) : poly 2 * Z :=
  let l := diagonal c in
  (padd 2 (pconst 2 a) (pmul one 2 64 (fst p) l), 2 * snd p + prest one 2 64 (fst p) l)%Z.
Fixpoint turn_inner (p : list Z) : poly 2 * Z :=
  match p with [] => ([], 0%Z) | c :: r => absorb c 1 (turn_inner r) end.
Fixpoint turn_outer (p : list (list Z)) : poly 2 * Z :=
  match p with
  | [] => ([], 0%Z)
  | a :: r => let (u, e) := turn_inner a in let (v, f) := absorb 0 (-1) (turn_outer r) in (padd 2 u v, e + f)%Z
  end.
Definition mturn (T : model 2) : model 2 :=
  let (p, e) := turn_outer (body T) in mk (trim 2 p) (rad T + e) (valid T).

Section Turn.
Variable x : nat -> R.
Hypothesis Hx : forall i, Rabs (x i) <= 1.
Lemma diagonal_value c : pev 2 (diagonal c) x = x O + IZR c * x 1%nat.
Proof. simpl. ring. Qed.
Lemma absorb_ok a c p v : (c = 1 \/ c = -1)%Z -> Rabs (v - pev 2 (fst p) x) <= IZR (snd p) ->
  Rabs (IZR a + (x O + IZR c * x 1%nat) * v - pev 2 (fst (absorb a c p)) x) <= IZR (snd (absorb a c p)).
Proof.
  intros Hc H. unfold absorb. cbv zeta. cbn [fst snd]. rewrite pev_add, pev_const, plus_IZR, mult_IZR.
  assert (K := pmul_ok x Hx one 2 64 (fst p) (diagonal c)). rewrite diagonal_value in K.
  set (l := x O + IZR c * x 1%nat) in *.
  assert (Hl : Rabs l <= 2).
  { unfold l. apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_mult.
    assert (Rabs (IZR c) = 1) as -> by (destruct Hc as [-> | ->]; unfold Rabs; destruct Rcase_abs; lra).
    generalize (Hx 0%nat) (Hx 1%nat). lra. }
  set (P := pev 2 (fst p) x) in *. set (Q := pev 2 (pmul _ _ _ _ _) x) in *.
  replace (IZR a + l * v - (IZR a + Q)) with (l * (v - P) + (P * l - Q)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [|exact K]. rewrite Rabs_mult.
  apply Rmult_le_compat; auto using Rabs_pos.
Qed.
Lemma turn_inner_ok p : Rabs (horner IZR (x O + x 1%nat) p - pev 2 (fst (turn_inner p)) x) <= IZR (snd (turn_inner p)).
Proof.
  induction p as [|c r IH]; [simpl; rewrite Rminus_0_r, Rabs_R0; lra|].
  cbn [turn_inner horner]. assert (K := absorb_ok c 1 _ _ (or_introl eq_refl) IH). now rewrite Rmult_1_l in K.
Qed.
Lemma turn_outer_ok p z : z O = x O + x 1%nat -> z 1%nat = x O - x 1%nat ->
  Rabs (pev 2 p z - pev 2 (fst (turn_outer p)) x) <= IZR (snd (turn_outer p)).
Proof.
  intros H0 H1. induction p as [|a r IH]; [simpl; rewrite Rminus_0_r, Rabs_R0; lra|].
  cbn [turn_outer]. assert (A := turn_inner_ok a). assert (B := absorb_ok 0 (-1) _ _ (or_intror eq_refl) IH).
  destruct (turn_inner a) as [u e]. destruct (absorb 0 (-1) (turn_outer r)) as [v f]. cbn [fst snd] in *.
  rewrite pev_add, plus_IZR.
  replace (pev 2 (a :: r) z) with (horner IZR (x O + x 1%nat) a + (0 + (x O + -1 * x 1%nat) * pev 2 r z)).
  2: { change (pev 2 (a :: r) z) with (horner IZR (z O) a + z 1%nat * pev 2 r z). rewrite H0, H1. ring. }
  match goal with |- Rabs (?a + ?b - (?c + ?d)) <= _ => replace (a + b - (c + d)) with ((a - c) + (b - d)) by ring end.
  apply Rle_trans with (1 := Rabs_triang _ _). now apply Rplus_le_compat.
Qed.
Lemma mturn_ok pr T z y : z O = x O + x 1%nat -> z 1%nat = x O - x 1%nat ->
  holds 2 pr T z y -> holds 2 pr (mturn T) x y.
Proof.
  intros H0 H1 H V. unfold mturn in *. assert (K := turn_outer_ok (body T) z H0 H1).
  destruct (turn_outer (body T)) as [p e]. specialize (H V). cbn [fst snd body rad] in *. rewrite pev_trim, plus_IZR.
  replace (_ - _) with ((y * IZR (unit pr) - pev 2 (body T) z) + (pev 2 (body T) z - pev 2 p x)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). now apply Rplus_le_compat.
Qed.
End Turn.

Record matrix (m : nat) := mkmatrix { m11 : model m; m12 : model m; m22 : model m }.
Arguments m11 {m}. Arguments m12 {m}. Arguments m22 {m}. Arguments mkmatrix {m}.

Section Search.
Variables (pr : positive) (deg : nat).

(* V^T F V of posdef_rotate *)
Definition rotate {m} (v w : Z) (F : matrix m) : matrix m :=
  let a := m11 F in let b := m12 F in let c := m22 F in let s n T := mtimes m n T in
  mkmatrix (madd m (madd m (s (v * v) a) (s (2 * (v * w)) b)) (s (w * w) c))%Z
           (madd m (s (v * w) (msub m c a)) (s (v * v - w * w) b))%Z
           (madd m (msub m (s (w * w) a) (s (2 * (v * w)) b)) (s (v * v) c))%Z.
Definition definite {m} (F : matrix m) : bool :=
  let a := m11 F in let b := m12 F in let c := m22 F in
  if (valid a && valid b && valid c)%bool then
    let la := low2 a in let lc := low2 c in
    if ((2 * bound m b <? la) && (2 * bound m b <? lc))%Z then true
    else if (0 <? lc)%Z then
      let D := msub m (mscale m (lc / 2) (Z.to_pos (unit pr)) a) (mmul m pr deg one b b) in
      ((0 <? lc / 2) && valid D && (0 <? low2 D))%Z%bool
    else false
  else false.
(* The eigenvector of the smaller eigenvalue at the centre, to some bits. *)
Definition direction (bits : Z) {m} (F : matrix m) : Z * Z :=
  let a := head m (body (m11 F)) in let b := head m (body (m12 F)) in let c := head m (body (m22 F)) in
  let d := (a - c)%Z in let r := Z.sqrt (d * d + 4 * b * b) in
  let '(v, w) := if (0 <=? d)%Z then (2 * b, - (d + r))%Z else (d - r, 2 * b)%Z in
  let k := (Z.log2 (Z.abs v + Z.abs w) - bits)%Z in
  let '(v, w) := (Z.shiftr v k, Z.shiftr w k) in
  if ((v =? 0) && (w =? 0))%Z%bool then (1, 0)%Z else (v, w).
Definition definite_some {m} (F : matrix m) : bool :=
  let '(v, w) := direction 10 F in
  if ((v * v + w * w =? 0))%Z then false else definite (rotate v w F).
Definition definite_turned (F : matrix 2) : bool :=
  let B := rotate 1 1 F in definite (mkmatrix (mturn (m11 B)) (mturn (m12 B)) (mturn (m22 B))).

Definition axis (i : nat) (s : Z * Z * positive) : model 2 :=
  let '(lo, hi, d) := s in mvar 2 pr i (lo + hi) (hi - lo) (xO d).
Definition proper (s : Z * Z * positive) : bool := let '(lo, hi, d) := s in (lo <? hi)%Z.

Section Point.
Variables (m : nat) (z : nat -> R).
Hypothesis Hz : forall i, Rabs (z i) <= 1.
Notation holds T y := (holds m pr T z y).

Definition models (F : matrix m) (a b c : R) : Prop := holds (m11 F) a /\ holds (m12 F) b /\ holds (m22 F) c.

Lemma positive_model' F y : holds F y -> valid F = true -> (0 < low2 F)%Z -> 0 < y.
Proof. intros H V C. apply (positive_model pr m F z y Hz H). rewrite V. now apply Z.ltb_lt. Qed.
Lemma definite_ok F a b c : models F a b c -> definite F = true -> posdef a b c.
Proof.
  intros [Ha [Hb Hc]] H. unfold definite in H. cbv zeta in H. assert (HU := U_pos pr).
  destruct (valid (m11 F) && valid (m12 F) && valid (m22 F))%bool eqn:V; [|discriminate H].
  apply andb_prop in V. destruct V as [V Vc]. apply andb_prop in V. destruct V as [Va Vb].
  assert (La := low2_ok z Hz m pr _ _ Ha Va). assert (Lc := low2_ok z Hz m pr _ _ Hc Vc).
  assert (Bb := bound_ok m pr z Hz _ _ Hb Vb). rewrite Rabs_mult, (Rabs_pos_eq (IZR (unit pr))) in Bb by lra.
  destruct ((2 * bound m (m12 F) <? low2 (m11 F)) && (2 * bound m (m12 F) <? low2 (m22 F)))%Z%bool eqn:E.
  - apply andb_prop in E. destruct E as [E1 E2]. apply Z.ltb_lt, IZR_lt in E1, E2. rewrite mult_IZR in E1, E2.
    apply posdef_dominant; apply Rmult_lt_reg_r with (IZR (unit pr)); lra.
  - destruct (Z.ltb_spec 0 (low2 (m22 F))) as [Hl|]; [|discriminate H].
    apply andb_prop in H. destruct H as [H E2]. apply andb_prop in H. destruct H as [E3 VD].
    apply Z.ltb_lt in E2. apply Z.ltb_lt in E3.
    set (k := (low2 (m22 F) / 2)%Z) in *.
    assert (Hk : (2 * k <= low2 (m22 F))%Z) by (unfold k; generalize (Z_div_mod_eq_full (low2 (m22 F)) 2) (Z.mod_pos_bound (low2 (m22 F)) 2 eq_refl); lia).
    apply IZR_le in Hk. rewrite mult_IZR in Hk. apply IZR_lt in E3.
    apply (posdef_schur _ _ _ (IZR k / IZR (unit pr))).
    + split; [apply Rmult_lt_0_compat; [easy | now apply Rinv_0_lt_compat]|].
      apply Rmult_le_reg_r with (IZR (unit pr)); [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
    + apply (positive_model' _ _) with (2 := VD) (3 := E2). apply msub_ok; [|now apply mmul_ok].
      apply holds_eq with (1 := mscale_ok m pr z Hz k (Z.to_pos (unit pr)) _ _ Ha).
      rewrite Z2Pos.id by apply unit_pos. easy.
Qed.
Lemma rotate_ok F a b c v w : models F a b c ->
  models (rotate v w F)
    (IZR v * IZR v * a + 2 * (IZR v * IZR w) * b + IZR w * IZR w * c)
    (IZR v * IZR w * (c - a) + (IZR v * IZR v - IZR w * IZR w) * b)
    (IZR w * IZR w * a - 2 * (IZR v * IZR w) * b + IZR v * IZR v * c).
Proof.
  intros [Ha [Hb Hc]]. repeat split; unfold rotate; cbn [m11 m12 m22]; rewrite <- ?mult_IZR, <- ?minus_IZR;
    repeat first [apply msub_ok | apply madd_ok | apply mtimes_ok]; easy.
Qed.
Lemma rotated F a b c v w : models F a b c -> (v * v + w * w <> 0)%Z -> definite (rotate v w F) = true -> posdef a b c.
Proof.
  intros H Hn D. apply (posdef_rotate a b c (IZR v) (IZR w)).
  - rewrite <- !mult_IZR, <- plus_IZR. now apply not_0_IZR.
  - apply definite_ok with (2 := D). now apply rotate_ok.
Qed.
Lemma definite_some_ok F a b c : models F a b c -> definite_some F = true -> posdef a b c.
Proof.
  intros H D. unfold definite_some in D. destruct (direction 10 F) as [v w].
  destruct (Z.eqb_spec (v * v + w * w) 0) as [|Hn]; [discriminate D|]. now apply (rotated F a b c v w).
Qed.
Lemma rotate_valid v w (F : matrix m) : valid (m11 (rotate v w F)) = true -> valid (m11 F) = true.
Proof.
  intro V. unfold rotate, madd in V. cbn [m11 valid] in V. apply andb_prop in V. destruct V as [V _].
  apply andb_prop in V. destruct V as [V _]. unfold mtimes in V. now destruct (v * v =? 0)%Z.
Qed.
Lemma definite_valid (F : matrix m) : definite F = true -> valid (m11 F) = true.
Proof.
  intro D. unfold definite in D. cbv zeta in D.
  destruct (valid (m11 F) && valid (m12 F) && valid (m22 F))%bool eqn:V; [|discriminate D].
  apply andb_prop in V. destruct V as [V _]. now apply andb_prop in V.
Qed.
Lemma definite_some_valid (F : matrix m) : definite_some F = true -> valid (m11 F) = true.
Proof.
  intro D. unfold definite_some in D. destruct (direction 10 F) as [v w].
  destruct (v * v + w * w =? 0)%Z; [discriminate D|]. now apply (rotate_valid v w), definite_valid.
Qed.
End Point.

Definition pick (a b : R) : nat -> R := fun i => match i with O => a | _ => b end.
Lemma pick_le a b : Rabs a <= 1 -> Rabs b <= 1 -> forall i, Rabs (pick a b i) <= 1.
Proof. now intros Ha Hb [|i]. Qed.
Lemma axis_ok i lo hi d z q : (i < 2)%nat -> (forall i, Rabs (z i) <= 1) ->
  q = IZR (lo + hi) / IZR (Z.pos d~0) + IZR (hi - lo) / IZR (Z.pos d~0) * z i -> holds 2 pr (axis i (lo, hi, d)) z q.
Proof. intros Hi Hz ->. now apply (mvar_ok 2 pr z Hz i _ _ (xO d)). Qed.
Lemma half_sum a b : Rabs a <= 1 -> Rabs b <= 1 -> Rabs ((a + b) / 2) <= 1 /\ Rabs ((a - b) / 2) <= 1.
Proof. intros Ha Hb. apply Rabs_between in Ha, Hb. split; apply Rabs_le; lra. Qed.

Lemma definite_turned_ok z x F a b c : (forall i, Rabs (z i) <= 1) -> (forall i, Rabs (x i) <= 1) ->
  z 0%nat = x 0%nat + x 1%nat -> z 1%nat = x 0%nat - x 1%nat ->
  models 2 z F a b c -> definite_turned F = true -> valid (m11 F) = true /\ posdef a b c.
Proof.
  intros Hz Hx X0 X1 HF E. unfold definite_turned in E. cbv zeta in E. split.
  - apply (rotate_valid 2 1 1). apply definite_valid in E. cbn [m11] in E. unfold mturn in E.
    destruct (turn_outer _) in E. exact E.
  - destruct (rotate_ok 2 z F _ _ _ 1 1 HF) as [B1 [B2 B3]]. apply (posdef_rotate _ _ _ 1 1); [lra|].
    apply (definite_ok 2 x Hx) with (2 := E). repeat split; cbn [m11 m12 m22]; now apply (mturn_ok x Hx pr _ z).
Qed.
(* F encloses (a b; b c), and is valid only where P holds. *)
Variable F : forall m, model m -> model m -> matrix m.
Variables (P : R -> R -> Prop) (a b c : R -> R -> R).
Hypothesis F_ok : forall m z X Y x y, (forall i, Rabs (z i) <= 1) -> holds m pr X z x -> holds m pr Y z y ->
  models m z (F m X Y) (a x y) (b x y) (c x y) /\ (valid (m11 (F m X Y)) = true -> P x y).

Definition leaf (B : box) : bool :=
  match B with
  | [s; r] =>
    if (proper s && proper r)%bool then
      let M := F 2 (axis 0 s) (axis 1 r) in if definite_some M then true else definite_turned M
    else false
  | _ => false
  end.
Definition witness (x y : ratio) (v w : Z) : bool :=
  let M := F 0 (mconst 0 pr (fst x) (snd x)) (mconst 0 pr (fst y) (snd y)) in
  let Q := mtimes 0 (-1) (madd 0 (madd 0 (mtimes 0 (v * v) (m11 M)) (mtimes 0 (2 * (v * w)) (m12 M)))
                                 (mtimes 0 (w * w) (m22 M))) in
  (valid (m11 M) && valid Q && (0 <? low2 Q)%Z)%bool.

Lemma leaf_ok B : leaf B = true -> forall q, within B 0 q ->
  P (q 0%nat) (q 1%nat) /\ posdef (a (q 0%nat) (q 1%nat)) (b (q 0%nat) (q 1%nat)) (c (q 0%nat) (q 1%nat)).
Proof.
  intros E q Hq. destruct B as [|[[lo hi] d] [|[[lo' hi'] d'] [|s r]]]; try discriminate E. cbn [leaf] in E.
  unfold proper in E. destruct (Z.ltb_spec lo hi) as [H1|]; [|discriminate E].
  destruct (Z.ltb_spec lo' hi') as [H2|]; [|discriminate E]. cbn [andb] in E.
  destruct Hq as [Q1 [Q2 _]].
  destruct (coordinate lo hi d _ H1 Q1) as [z1 [Z1 E1]]. destruct (coordinate lo' hi' d' _ H2 Q2) as [z2 [Z2 E2]].
  set (z := pick z1 z2). assert (Hz : forall i, Rabs (z i) <= 1) by now apply pick_le.
  destruct (F_ok 2 z (axis 0 (lo, hi, d)) (axis 1 (lo', hi', d')) (q 0%nat) (q 1%nat) Hz) as [HF HD];
    [apply axis_ok; [lia | easy | exact E1] | apply axis_ok; [lia | easy | exact E2] |].
  cbv zeta in E. revert HF HD E. generalize (F 2 (axis 0 (lo, hi, d)) (axis 1 (lo', hi', d'))). intros M HF HD E.
  destruct (definite_some M) eqn:D.
  - split; [apply HD; now apply definite_some_valid | now apply (definite_some_ok 2 z Hz M)].
  - destruct (half_sum z1 z2 Z1 Z2) as [K1 K2]. set (x := pick ((z1 + z2) / 2) ((z1 - z2) / 2)).
    assert (Hxx : forall i, Rabs (x i) <= 1) by now apply pick_le.
    assert (X0 : z 0%nat = x 0%nat + x 1%nat) by (unfold z, x, pick; field).
    assert (X1 : z 1%nat = x 0%nat - x 1%nat) by (unfold z, x, pick; field).
    destruct (definite_turned_ok z x M _ _ _ Hz Hxx X0 X1 HF E) as [V K]. split; [now apply HD | exact K].
Qed.
Theorem covered_ok fuel B : cover leaf fuel B = true -> forall x y, within B 0 (env2 x y) ->
  P x y /\ posdef (a x y) (b x y) (c x y).
Proof.
  intros C x y H. apply (cover_ok (fun q => P (q 0%nat) (q 1%nat) /\
    posdef (a (q 0%nat) (q 1%nat)) (b (q 0%nat) (q 1%nat)) (c (q 0%nat) (q 1%nat))) leaf leaf_ok fuel B C (env2 x y) H).
Qed.
Theorem witness_ok x y v w : witness x y v w = true -> let X := ratioR x in let Y := ratioR y in P X Y /\
  a X Y * (IZR v * IZR v) + 2 * b X Y * (IZR v * IZR w) + c X Y * (IZR w * IZR w) < 0.
Proof.
  intro W. assert (Hz : forall i : nat, Rabs ((fun _ => 0) i) <= 1) by (intro; rewrite Rabs_R0; lra). intros X Y.
  unfold witness in W. cbv zeta in W. apply andb_prop in W. destruct W as [W L2]. apply andb_prop in W. destruct W as [VF VQ].
  apply Z.ltb_lt in L2.
  destruct (F_ok 0 _ (mconst 0 pr (fst x) (snd x)) (mconst 0 pr (fst y) (snd y)) X Y Hz)
    as [[Ha [Hb Hc]] Hd]; [apply mconst_ok | apply mconst_ok |]. split; [now apply Hd|].
  assert (K := positive_model' 0 _ Hz _ _ (mtimes_ok 0 pr (fun _ => 0) (-1) _ _ (madd_ok 0 pr (fun _ => 0) _ _ _ _
    (madd_ok 0 pr (fun _ => 0) _ _ _ _ (mtimes_ok 0 pr (fun _ => 0) (v * v) _ _ Ha)
      (mtimes_ok 0 pr (fun _ => 0) (2 * (v * w)) _ _ Hb)) (mtimes_ok 0 pr (fun _ => 0) (w * w) _ _ Hc))) VQ L2).
  rewrite !mult_IZR in K. lra.
Qed.
End Search.
Print Assumptions covered_ok.
Print Assumptions witness_ok.
