(* The same in two coordinates. A box is tried as it is and in coordinates along its diagonals; a symmetric 2x2 matrix
   is found positive definite, after a change of basis, by diagonal dominance or by a Schur complement. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet Cover Flat.
Import ListNotations.
Open Scope R_scope.

(* D = det of the derivative of (f, g) at (x, y) *)
Definition jacobian (f g : R -> R -> R) (x y D : R) : Prop :=
  exists a b c d, is_derive (fun s => f s y) x a /\ is_derive (fun s => f x s) y b /\
    is_derive (fun s => g s y) x c /\ is_derive (fun s => g x s) y d /\ D = a * d - b * c.

(* x + t (a u_x + b u_y), where (a, b) is a row of A *)
Definition flow2x (a b : R) (u : R -> R -> R) (t x y : R) : R :=
  x + t * (a * Derive (fun s => u s y) x + b * Derive (fun s => u x s) y).
Definition flow2y (a b : R) (u : R -> R -> R) (t x y : R) : R :=
  y + t * (a * Derive (fun s => u s y) x + b * Derive (fun s => u x s) y).

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

(* The segment from a positive definite matrix G to another consists of such. *)
Lemma posdef_segment g1 g2 g3 h1 h2 h3 L t : 0 <= t <= L -> 0 < L -> posdef g1 g2 g3 ->
  posdef (g1 + L * h1) (g2 + L * h2) (g3 + L * h3) -> posdef (g1 + t * h1) (g2 + t * h2) (g3 + t * h3).
Proof.
  intros Ht HL HG HF. set (r := t / L).
  assert (Hr : 0 <= r <= 1).
  { unfold r. split; [apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat]|].
    apply Rmult_le_reg_r with L; [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (E : forall g h, g + t * h = (1 - r) * g + r * (g + L * h)) by (intros; unfold r; field; lra).
  rewrite !E.
  assert (Q : forall v w, v <> 0 \/ w <> 0 ->
    0 < ((1 - r) * g1 + r * (g1 + L * h1)) * (v * v) + 2 * ((1 - r) * g2 + r * (g2 + L * h2)) * (v * w)
        + ((1 - r) * g3 + r * (g3 + L * h3)) * (w * w)).
  { intros v w H. assert (K1 := posdef_quadratic _ _ _ v w HG H). assert (K2 := posdef_quadratic _ _ _ v w HF H).
    replace (_ + _ + _) with ((1 - r) * (g1 * (v * v) + 2 * g2 * (v * w) + g3 * (w * w))
      + r * ((g1 + L * h1) * (v * v) + 2 * (g2 + L * h2) * (v * w) + (g3 + L * h3) * (w * w))) by ring.
    destruct (Req_dec r 0) as [->|]; [lra|].
    assert (0 < r * ((g1 + L * h1) * (v * v) + 2 * (g2 + L * h2) * (v * w) + (g3 + L * h3) * (w * w)))
      by (apply Rmult_lt_0_compat; lra).
    assert (0 <= (1 - r) * (g1 * (v * v) + 2 * g2 * (v * w) + g3 * (w * w))) by (apply Rmult_le_pos; lra). lra. }
  set (a := (1 - r) * g1 + _) in *. set (b := (1 - r) * g2 + _) in *. set (c := (1 - r) * g3 + _) in *.
  assert (Ha : 0 < a) by (specialize (Q 1 0 (or_introl R1_neq_R0)); lra).
  split; [easy|]. apply factor_pos' with a; [|easy].
  assert (K := Q (- b) a (or_intror (Rgt_not_eq _ _ Ha))). lra.
Qed.

(* Two roots: an entry that changes its sign makes the determinant vanish before. *)
Lemma root (f : R -> R) a b : a < b -> continuity f -> 0 < f a -> f b <= 0 -> exists t, a < t <= b /\ f t = 0.
Proof.
  intros Hab C Ha Hb. destruct (IVT_gen f a b 0 C) as [t [Ht E]].
  - rewrite Rmin_right, Rmax_left by lra. lra.
  - rewrite Rmin_left, Rmax_right in Ht by lra. exists t. split; [|easy]. split; [|easy].
    destruct (Req_dec t a) as [->|]; lra.
Qed.
Lemma determinant_root g1 g2 g3 h1 h2 h3 T v w : 0 < T -> posdef g1 g2 g3 ->
  (g1 + T * h1) * (v * v) + 2 * (g2 + T * h2) * (v * w) + (g3 + T * h3) * (w * w) < 0 ->
  exists t, 0 < t <= T /\ (g1 + t * h1) * (g3 + t * h3) - (g2 + t * h2) * (g2 + t * h2) = 0.
Proof.
  intros HT [G1 G2] H.
  set (d := fun t => (g1 + t * h1) * (g3 + t * h3) - (g2 + t * h2) * (g2 + t * h2)).
  assert (Cd : continuity d) by (unfold d; reg).
  assert (D0 : 0 < d 0) by (unfold d; rewrite !Rmult_0_l, !Rplus_0_r; easy).
  destruct (Rle_or_lt (d T) 0) as [HD|HD]; [now apply (root d)|].
  assert (Hv : v <> 0 \/ w <> 0).
  { destruct (Req_dec v 0) as [->|]; [right|now left]. intros ->. lra. }
  destruct (Rle_or_lt (g1 + T * h1) 0) as [HA|HA].
  - destruct (root (fun t => g1 + t * h1) 0 T HT) as [s [Hs E]]; [reg | lra | easy |].
    assert (Ds : d s <= 0). { unfold d. rewrite E, Rmult_0_l. assert (Q := Rle_0_sqr (g2 + s * h2)). unfold Rsqr in Q. lra. }
    destruct (root d 0 s) as [t [Ht Et]]; [lra | easy | easy | easy|]. exists t. split; [lra | exact Et].
  - exfalso. assert (Q := posdef_quadratic _ _ _ v w (conj HA HD) Hv). lra.
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

Section Two.
Variables (u : R -> R -> R) (e : expr).
Hypothesis Hu : forall x y, u x y = ev e (env2 x y).

Lemma partial_x x y : defined e (env2 x y) -> Derive (fun s => u s y) x = gr e 0 (env2 x y).
Proof.
  intro D. apply is_derive_unique. apply is_derive_ext with (fun s => ev e (upd (env2 x y) 0 s)).
  - intro s. now rewrite upd_env2_0, Hu.
  - apply (gradient_ok e (env2 x y) 0 D).
Qed.
Lemma partial_y x y : defined e (env2 x y) -> Derive (fun s => u x s) y = gr e 1 (env2 x y).
Proof.
  intro D. apply is_derive_unique. apply is_derive_ext with (fun s => ev e (upd (env2 x y) 1 s)).
  - intro s. now rewrite upd_env2_1, Hu.
  - apply (gradient_ok e (env2 x y) 1 D).
Qed.
Lemma second_x (g : R -> R -> R) i x y : defined e (env2 x y) ->
  (forall x y, defined e (env2 x y) -> g x y = gr e i (env2 x y)) ->
  is_derive (fun s => g s y) x (he e i 0 (env2 x y)) /\ is_derive (fun s => g x s) y (he e i 1 (env2 x y)).
Proof.
  intros D Hg. split.
  - apply is_derive_ext_loc with (fun s => gr e i (upd (env2 x y) 0 s)); [|apply (hessian_ok e (env2 x y) i 0 D)].
    assert (N := defined_near e (env2 x y) 0 D). revert N. apply filter_imp. intros s Ds.
    rewrite upd_env2_0 in *. symmetry. now apply Hg.
  - apply is_derive_ext_loc with (fun s => gr e i (upd (env2 x y) 1 s)); [|apply (hessian_ok e (env2 x y) i 1 D)].
    assert (N := defined_near e (env2 x y) 1 D). revert N. apply filter_imp. intros s Ds.
    rewrite upd_env2_1 in *. symmetry. now apply Hg.
Qed.
Lemma combination (f g : R -> R) a b x df dg : is_derive f x df -> is_derive g x dg ->
  is_derive (fun s => a * f s + b * g s) x (a * df + b * dg).
Proof.
  intros Hf Hg. apply (is_derive_plus (fun s => a * f s) (fun s => b * g s)).
  - now apply (is_derive_scal f). - now apply (is_derive_scal g).
Qed.
Lemma flow2_jacobian a11 a12 a21 a22 t x y : defined e (env2 x y) ->
  let h i j := he e i j (env2 x y) in
  jacobian (flow2x a11 a12 u t) (flow2y a21 a22 u t) x y
    ((1 + t * (a11 * h 0%nat 0%nat + a12 * h 1%nat 0%nat)) * (1 + t * (a21 * h 0%nat 1%nat + a22 * h 1%nat 1%nat))
     - (t * (a11 * h 0%nat 1%nat + a12 * h 1%nat 1%nat)) * (t * (a21 * h 0%nat 0%nat + a22 * h 1%nat 0%nat))).
Proof.
  intros D h.
  destruct (second_x (fun x y => Derive (fun s => u s y) x) 0 x y D partial_x) as [Hxx Hxy].
  destruct (second_x (fun x y => Derive (fun s => u x s) y) 1 x y D partial_y) as [Hyx Hyy].
  do 4 eexists. split; [|split; [|split; [|split; [|reflexivity]]]]; unfold flow2x, flow2y.
  - apply (is_derive_plus (fun s => s) (fun s => t * (a11 * Derive (fun s' => u s' y) s + a12 * Derive (fun s' => u s s') y)));
      [apply (@is_derive_id R_AbsRing)|].
    apply (is_derive_scal (fun s => a11 * Derive (fun s' => u s' y) s + a12 * Derive (fun s' => u s s') y)).
    now apply combination.
  - apply is_derive_eq with (0 + t * (a11 * h 0%nat 1%nat + a12 * h 1%nat 1%nat)); [|ring].
    apply (is_derive_plus (fun s => x) (fun s => t * (a11 * Derive (fun s' => u s' s) x + a12 * Derive (fun s' => u x s') s)));
      [apply constant|].
    apply (is_derive_scal (fun s => a11 * Derive (fun s' => u s' s) x + a12 * Derive (fun s' => u x s') s)).
    now apply combination.
  - apply is_derive_eq with (0 + t * (a21 * h 0%nat 0%nat + a22 * h 1%nat 0%nat)); [|ring].
    apply (is_derive_plus (fun s => y) (fun s => t * (a21 * Derive (fun s' => u s' y) s + a22 * Derive (fun s' => u s s') y)));
      [apply constant|].
    apply (is_derive_scal (fun s => a21 * Derive (fun s' => u s' y) s + a22 * Derive (fun s' => u s s') y)).
    now apply combination.
  - apply (is_derive_plus (fun s => s) (fun s => t * (a21 * Derive (fun s' => u s' s) x + a22 * Derive (fun s' => u x s') s)));
      [apply (@is_derive_id R_AbsRing)|].
    apply (is_derive_scal (fun s => a21 * Derive (fun s' => u s' s) x + a22 * Derive (fun s' => u x s') s)).
    now apply combination.
Qed.

Variables (pr : positive) (deg : nat) (G1 G2 G3 : ratio).

Record matrix (m : nat) := mkmatrix { m11 : model m; m12 : model m; m22 : model m }.
Arguments m11 {m}. Arguments m12 {m}. Arguments m22 {m}. Arguments mkmatrix {m}.

Definition matrix2 (m : nat) (T : ratio) (x y : model m) : matrix m :=
  let J := jets m pr deg one 2 e (fun k => match k with O => x | 1%nat => y | _ => mint m pr 0 end) in
  let f (G : ratio) h := guard m (val m J) (madd m (mconst m pr (fst G) (snd G)) (mscale m (fst T) (snd T) h)) in
  mkmatrix (f G1 (h_ m J 0 0)) (f G2 (h_ m J 1 0)) (f G3 (h_ m J 1 1)).

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
(* The eigenvector of the smaller eigenvalue at the centre, to some ten bits. *)
Definition direction {m} (F : matrix m) : Z * Z :=
  let a := head m (body (m11 F)) in let b := head m (body (m12 F)) in let c := head m (body (m22 F)) in
  let d := (a - c)%Z in let r := Z.sqrt (d * d + 4 * b * b) in
  let '(v, w) := if (0 <=? d)%Z then (2 * b, - (d + r))%Z else (d - r, 2 * b)%Z in
  let k := (Z.log2 (Z.abs v + Z.abs w) - 10)%Z in
  let '(v, w) := (Z.shiftr v k, Z.shiftr w k) in
  if ((v =? 0) && (w =? 0))%Z%bool then (1, 0)%Z else (v, w).
Definition definite_some {m} (F : matrix m) : bool :=
  let '(v, w) := direction F in
  if ((v * v + w * w =? 0))%Z then false else definite (rotate v w F).
Definition definite_turned (F : matrix 2) : bool :=
  let B := rotate 1 1 F in definite (mkmatrix (mturn (m11 B)) (mturn (m12 B)) (mturn (m22 B))).

Definition axis (i : nat) (s : Z * Z * positive) : model 2 :=
  let '(lo, hi, d) := s in mvar 2 pr i (lo + hi) (hi - lo) (xO d).
Definition proper (s : Z * Z * positive) : bool := let '(lo, hi, d) := s in (lo <? hi)%Z.
Definition leaf2 (L : ratio) (b : box) : bool :=
  match b with
  | [s; r] =>
    if (proper s && proper r)%bool then
      let F := matrix2 2 L (axis 0 s) (axis 1 r) in if definite_some F then true else definite_turned F
    else false
  | _ => false
  end.
Definition witness2 (T x y : ratio) (v w : Z) : bool :=
  let F := matrix2 0 T (mconst 0 pr (fst x) (snd x)) (mconst 0 pr (fst y) (snd y)) in
  let Q := mtimes 0 (-1) (madd 0 (madd 0 (mtimes 0 (v * v) (m11 F)) (mtimes 0 (2 * (v * w)) (m12 F)))
                                 (mtimes 0 (w * w) (m22 F))) in
  (valid (m11 F) && valid Q && (0 <? low2 Q)%Z)%bool.

Section Point.
Variables (m : nat) (z : nat -> R).
Hypothesis Hz : forall i, Rabs (z i) <= 1.
Notation holds T y := (holds m pr T z y).

Definition models (F : matrix m) (a b c : R) : Prop := holds (m11 F) a /\ holds (m12 F) b /\ holds (m22 F) c.

Lemma matrix2_ok T X Y x y : holds X x -> holds Y y ->
  let h i j := he e i j (env2 x y) in let F := matrix2 m T X Y in
  models F (ratioR G1 + ratioR T * h 0%nat 0%nat) (ratioR G2 + ratioR T * h 1%nat 0%nat) (ratioR G3 + ratioR T * h 1%nat 1%nat) /\
  (valid (m11 F) = true -> defined e (env2 x y)).
Proof.
  intros HX HY h F. unfold F, matrix2. cbv zeta. set (Q := fun k => _).
  assert (HQ : forall k, holds (Q k) (env2 x y k)) by (intros [|[|k]]; [exact HX | exact HY | apply (mint_ok m pr z 0)]).
  destruct (jet_ok m pr deg one 2 z Hz e Q (env2 x y) HQ) as [_ [_ HH]]. split.
  - repeat split; cbn [m11 m12 m22]; apply guard_ok; (apply madd_ok; [apply mconst_ok|]); (apply mscale_ok; [easy|]);
      apply HH; lia.
  - intro V. apply andb_prop in V. now apply (jet_defined m pr deg one 2 z Hz e Q (env2 x y) HQ).
Qed.
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
  intros H D. unfold definite_some in D. destruct (direction F) as [v w].
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
  intro D. unfold definite_some in D. destruct (direction F) as [v w].
  destruct (v * v + w * w =? 0)%Z; [discriminate D|]. now apply (rotate_valid v w), definite_valid.
Qed.
End Point.

Definition good (L : ratio) (q : nat -> R) : Prop :=
  let h i j := he e i j (env2 (q 0%nat) (q 1%nat)) in
  defined e (env2 (q 0%nat) (q 1%nat)) /\
  posdef (ratioR G1 + ratioR L * h 0%nat 0%nat) (ratioR G2 + ratioR L * h 1%nat 0%nat) (ratioR G3 + ratioR L * h 1%nat 1%nat).

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
Lemma leaf2_ok L b : leaf2 L b = true -> forall q, within b 0 q -> good L q.
Proof.
  intros E q Hq. destruct b as [|[[lo hi] d] [|[[lo' hi'] d'] [|s r]]]; try discriminate E. cbn [leaf2] in E.
  unfold proper in E. destruct (Z.ltb_spec lo hi) as [H1|]; [|discriminate E].
  destruct (Z.ltb_spec lo' hi') as [H2|]; [|discriminate E]. cbn [andb] in E.
  destruct Hq as [Q1 [Q2 _]].
  destruct (coordinate lo hi d _ H1 Q1) as [z1 [Z1 E1]]. destruct (coordinate lo' hi' d' _ H2 Q2) as [z2 [Z2 E2]].
  set (z := pick z1 z2). assert (Hz : forall i, Rabs (z i) <= 1) by now apply pick_le.
  destruct (matrix2_ok 2 z Hz L (axis 0 (lo, hi, d)) (axis 1 (lo', hi', d')) (q 0%nat) (q 1%nat)) as [HF HD];
    [apply axis_ok; [lia | easy | exact E1] | apply axis_ok; [lia | easy | exact E2] |].
  cbv zeta in E. revert HF HD E. generalize (matrix2 2 L (axis 0 (lo, hi, d)) (axis 1 (lo', hi', d'))). intros F HF HD E.
  destruct (definite_some F) eqn:D.
  - split; [apply HD; now apply definite_some_valid | now apply (definite_some_ok 2 z Hz F)].
  - destruct (half_sum z1 z2 Z1 Z2) as [K1 K2]. set (x := pick ((z1 + z2) / 2) ((z1 - z2) / 2)).
    assert (Hxx : forall i, Rabs (x i) <= 1) by now apply pick_le.
    assert (X0 : z 0%nat = x 0%nat + x 1%nat) by (unfold z, x, pick; field).
    assert (X1 : z 1%nat = x 0%nat - x 1%nat) by (unfold z, x, pick; field).
    destruct (definite_turned_ok z x F _ _ _ Hz Hxx X0 X1 HF E) as [V P]. split; [now apply HD | exact P].
Qed.

(* A = G^-1 *)
Variables a11 a12 a22 : R.
Hypothesis inverse11 : a11 * ratioR G1 + a12 * ratioR G2 = 1.
Hypothesis inverse12 : a11 * ratioR G2 + a12 * ratioR G3 = 0.
Hypothesis inverse21 : a12 * ratioR G1 + a22 * ratioR G2 = 0.
Hypothesis inverse22 : a12 * ratioR G2 + a22 * ratioR G3 = 1.
Hypothesis HG : posdef (ratioR G1) (ratioR G2) (ratioR G3).

(* det (I + t A H) = det A det (G + t H) *)
Lemma determinant t h1 h2 h3 :
  (1 + t * (a11 * h1 + a12 * h2)) * (1 + t * (a12 * h2 + a22 * h3)) - t * (a11 * h2 + a12 * h3) * (t * (a12 * h1 + a22 * h2))
  = (a11 * a22 - a12 * a12) *
    ((ratioR G1 + t * h1) * (ratioR G3 + t * h3) - (ratioR G2 + t * h2) * (ratioR G2 + t * h2)).
Proof.
  replace 1 with (a11 * ratioR G1 + a12 * ratioR G2) at 1. replace 1 with (a12 * ratioR G2 + a22 * ratioR G3).
  replace (t * (a11 * h2 + a12 * h3)) with ((a11 * ratioR G2 + a12 * ratioR G3) + t * (a11 * h2 + a12 * h3)) by lra.
  replace (t * (a12 * h1 + a22 * h2)) with ((a12 * ratioR G1 + a22 * ratioR G2) + t * (a12 * h1 + a22 * h2)) by lra. ring.
Qed.
Lemma det_A : 0 < a11 * a22 - a12 * a12.
Proof.
  assert (E := determinant 0 0 0 0). rewrite !Rmult_0_l, !Rplus_0_r in E. destruct HG as [_ D].
  apply factor_pos' with (ratioR G1 * ratioR G3 - ratioR G2 * ratioR G2); [|easy]. rewrite Rmult_comm, <- E. lra.
Qed.

Theorem lower2 L b fuel : 0 < ratioR L -> cover (leaf2 L) fuel b = true ->
  forall x y, within b 0 (env2 x y) -> forall t, 0 <= t <= ratioR L ->
  exists D, jacobian (flow2x a11 a12 u t) (flow2y a12 a22 u t) x y D /\ 0 < D.
Proof.
  intros HL C x y Hxy t Ht.
  destruct (cover_ok (good L) (leaf2 L) (leaf2_ok L) fuel b C (env2 x y) Hxy) as [D P]. simpl env2 in D, P.
  assert (J := flow2_jacobian a11 a12 a12 a22 t x y D). cbv beta zeta in J. rewrite (he_sym e 0 1), determinant in J.
  eexists. split; [exact J|].
  apply Rmult_lt_0_compat; [apply det_A|]. now apply (posdef_segment _ _ _ _ _ _ (ratioR L) t Ht HL HG).
Qed.
Theorem upper2 T x y v w : 0 < ratioR T -> witness2 T x y v w = true ->
  exists t, 0 < t <= ratioR T /\ jacobian (flow2x a11 a12 u t) (flow2y a12 a22 u t) (ratioR x) (ratioR y) 0.
Proof.
  intros HT W. assert (Hz : forall i : nat, Rabs ((fun _ => 0) i) <= 1) by (intro; rewrite Rabs_R0; lra).
  unfold witness2 in W. cbv zeta in W. apply andb_prop in W. destruct W as [W L2]. apply andb_prop in W. destruct W as [VF VQ].
  apply Z.ltb_lt in L2.
  destruct (matrix2_ok 0 _ Hz T (mconst 0 pr (fst x) (snd x)) (mconst 0 pr (fst y) (snd y)) (ratioR x) (ratioR y))
    as [[Ha [Hb Hc]] Hd]; [apply mconst_ok | apply mconst_ok |].
  set (F := matrix2 0 T _ _) in *. specialize (Hd VF).
  set (h := fun i j => he e i j (env2 (ratioR x) (ratioR y))).
  destruct (determinant_root _ _ _ (h 0%nat 0%nat) (h 1%nat 0%nat) (h 1%nat 1%nat) (ratioR T) (IZR v) (IZR w) HT HG) as [t [Ht E]].
  - assert (K := positive_model' 0 _ Hz _ _ (mtimes_ok 0 pr (fun _ => 0) (-1) _ _ (madd_ok 0 pr (fun _ => 0) _ _ _ _
      (madd_ok 0 pr (fun _ => 0) _ _ _ _ (mtimes_ok 0 pr (fun _ => 0) (v * v) _ _ Ha)
        (mtimes_ok 0 pr (fun _ => 0) (2 * (v * w)) _ _ Hb)) (mtimes_ok 0 pr (fun _ => 0) (w * w) _ _ Hc))) VQ L2).
    rewrite !mult_IZR in K. unfold h. lra.
  - exists t. split; [exact Ht|]. 
    assert (J := flow2_jacobian a11 a12 a12 a22 t _ _ Hd). cbv beta zeta in J. rewrite (he_sym e 0 1) in J.
    rewrite determinant in J. unfold h in E. rewrite E, Rmult_0_r in J. exact J.
Qed.
End Two.
Print Assumptions lower2.
Print Assumptions upper2.
