(* The same in two coordinates; Search2.v finds that G + L Hess u is positive definite over a box. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Model Expr Jet Cover Flat.
From Caustic Require Export Search2.
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

Definition matrix2 (T : ratio) (m : nat) (x y : model m) : matrix m :=
  let J := jets m pr deg one 2 e (fun k => match k with O => x | 1%nat => y | _ => mint m pr 0 end) in
  let f (G : ratio) h := guard m (val m J) (madd m (mconst m pr (fst G) (snd G)) (mscale m (fst T) (snd T) h)) in
  mkmatrix (f G1 (h_ m J 0 0)) (f G2 (h_ m J 1 0)) (f G3 (h_ m J 1 1)).

Definition leaf2 (L : ratio) : box -> bool := leaf pr deg (matrix2 L).
Definition witness2 (T x y : ratio) (v w : Z) : bool := witness pr (matrix2 T) x y v w.

Lemma matrix2_ok T m z X Y x y : (forall i, Rabs (z i) <= 1) -> holds m pr X z x -> holds m pr Y z y ->
  let h i j := he e i j (env2 x y) in let F := matrix2 T m X Y in
  models pr m z F (ratioR G1 + ratioR T * h 0%nat 0%nat) (ratioR G2 + ratioR T * h 1%nat 0%nat)
    (ratioR G3 + ratioR T * h 1%nat 1%nat) /\
  (valid (m11 F) = true -> defined e (env2 x y)).
Proof.
  intros Hz HX HY h F. unfold F, matrix2. cbv zeta. set (Q := fun k => _).
  assert (HQ : forall k, holds m pr (Q k) z (env2 x y k)) by (intros [|[|k]]; [exact HX | exact HY | apply (mint_ok m pr z 0)]).
  destruct (jet_ok m pr deg one 2 z Hz e Q (env2 x y) HQ) as [_ [_ HH]]. split.
  - repeat split; cbn [m11 m12 m22]; apply guard_ok; (apply madd_ok; [apply mconst_ok|]); (apply mscale_ok; [easy|]);
      apply HH; lia.
  - intro V. apply andb_prop in V. now apply (jet_defined m pr deg one 2 z Hz e Q (env2 x y) HQ).
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
  destruct (covered_ok pr deg _ _ _ _ _ (matrix2_ok L) fuel b C x y Hxy) as [D P].
  assert (J := flow2_jacobian a11 a12 a12 a22 t x y D). cbv beta zeta in J. rewrite (he_sym e 0 1), determinant in J.
  eexists. split; [exact J|].
  apply Rmult_lt_0_compat; [apply det_A|]. now apply (posdef_segment _ _ _ _ _ _ (ratioR L) t Ht HL HG).
Qed.
Theorem upper2 T x y v w : 0 < ratioR T -> witness2 T x y v w = true ->
  exists t, 0 < t <= ratioR T /\ jacobian (flow2x a11 a12 u t) (flow2y a12 a22 u t) (ratioR x) (ratioR y) 0.
Proof.
  intros HT W. destruct (witness_ok pr _ _ _ _ _ (matrix2_ok T) x y v w W) as [Hd K]. cbv beta zeta in *.
  set (h := fun i j => he e i j (env2 (ratioR x) (ratioR y))) in *.
  destruct (determinant_root _ _ _ (h 0%nat 0%nat) (h 1%nat 0%nat) (h 1%nat 1%nat) (ratioR T) (IZR v) (IZR w) HT HG K)
    as [t [Ht E]].
  exists t. split; [exact Ht|].
  assert (J := flow2_jacobian a11 a12 a12 a22 t _ _ Hd). cbv beta zeta in J. rewrite (he_sym e 0 1) in J.
  rewrite determinant in J. unfold h in E. rewrite E, Rmult_0_r in J. exact J.
Qed.
End Two.
Print Assumptions lower2.
Print Assumptions upper2.
