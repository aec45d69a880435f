(* The first focal time of H = 1/2 A p.p with a constant positive definite matrix A, in one and two coordinates:
   the characteristics are straight lines, Phi_t(q) = q + t A grad u(q), and with G = A^-1

     det D Phi_t = det A det (G + t Hess u).

   lower1, lower2: it is positive on a box for 0 <= t <= L, if G + L Hess u is found positive definite there.
   upper1, upper2: it vanishes for some t in (0, T] at a point where G + T Hess u has a negative direction. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet Cover.
Import ListNotations.
Open Scope R_scope.

Definition ratio := (Z * positive)%type.
Definition ratioR (r : ratio) : R := IZR (fst r) / IZR (Zpos (snd r)).

Definition env1 (x : R) : nat -> R := fun k => match k with O => x | _ => 0 end.
Definition env2 (x y : R) : nat -> R := fun k => match k with O => x | 1%nat => y | _ => 0 end.
Lemma upd_env1 x s : upd (env1 x) 0 s = env1 s.
Proof. apply FunctionalExtensionality.functional_extensionality. now intros [|k]. Qed.
Lemma upd_env2_0 x y s : upd (env2 x y) 0 s = env2 s y.
Proof. apply FunctionalExtensionality.functional_extensionality. now intros [|[|k]]. Qed.
Lemma upd_env2_1 x y s : upd (env2 x y) 1 s = env2 x s.
Proof. apply FunctionalExtensionality.functional_extensionality. now intros [|[|k]]. Qed.

Definition one (i : nat) : nat := 1%nat.

(* ---- One coordinate ---- *)

Definition flow1 (A : R) (u : R -> R) (t x : R) : R := x + t * (A * Derive u x).

Lemma factor_pos a g : a * g = 1 -> 0 < a -> 0 < g.
Proof. intros E Ha. apply Rmult_lt_reg_l with a; lra. Qed.

Section One.
Variables (u : R -> R) (e : expr).
Hypothesis Hu : forall x, u x = ev e (env1 x).

Lemma flow1_derive A t x : defined e (env1 x) -> is_derive (flow1 A u t) x (1 + t * (A * he e 0 0 (env1 x))).
Proof.
  intro D. apply (is_derive_plus (fun x => x) (fun x => t * (A * Derive u x))); [apply (@is_derive_id R_AbsRing)|].
  apply (is_derive_scal (fun x => A * Derive u x)). apply (is_derive_scal (fun x => Derive u x)).
  apply is_derive_ext_loc with (fun s => gr e 0 (env1 s)).
  - assert (N := defined_near e (env1 x) 0 D). revert N. apply filter_imp. intros s Ds. rewrite upd_env1 in Ds.
    symmetry. apply is_derive_unique. apply is_derive_ext with (fun s' => ev e (upd (env1 s) 0 s')).
    + intro s'. now rewrite upd_env1, Hu.
    + apply (gradient_ok e (env1 s) 0 Ds).
  - assert (K := hessian_ok e (env1 x) 0 0 D). revert K. apply is_derive_ext. intro s. now rewrite upd_env1.
Qed.

Variables (pr : positive) (deg : nat) (G : ratio).

Definition matrix1 (m : nat) (T : ratio) (q : model m) : model m :=
  let J := jets m pr deg one 1 e (fun k => match k with O => q | _ => mint m pr 0 end) in
  guard m (val m J) (madd m (mconst m pr (fst G) (snd G)) (mscale m (fst T) (snd T) (h_ m J 0 0))).
Definition leaf1 (L : ratio) (b : box) : bool :=
  match b with
  | [(lo, hi, d)] => if (lo <? hi)%Z then
      let F := matrix1 1 L (mvar 1 pr 0 (lo + hi) (hi - lo) (xO d)) in (valid F && (0 <? low2 F)%Z)%bool
    else false
  | _ => false
  end.
Definition witness1 (T x : ratio) : bool :=
  let F := mtimes 0 (-1) (matrix1 0 T (mconst 0 pr (fst x) (snd x))) in (valid F && (0 <? low2 F)%Z)%bool.

Lemma positive_model m (F : model m) z y : (forall i, Rabs (z i) <= 1) -> holds m pr F z y ->
  (valid F && (0 <? low2 F)%Z)%bool = true -> 0 < y.
Proof.
  intros Hz H C. apply andb_prop in C. destruct C as [V C]. apply Z.ltb_lt, IZR_lt in C.
  assert (K := low2_ok z Hz m pr F y H V). assert (HU := U_pos pr). nra.
Qed.
Lemma matrix1_ok m z q T x : (forall i, Rabs (z i) <= 1) -> holds m pr q z x ->
  holds m pr (matrix1 m T q) z (ratioR G + ratioR T * he e 0 0 (env1 x)) /\
  (valid (matrix1 m T q) = true -> defined e (env1 x)).
Proof.
  intros Hz Hq. unfold matrix1. cbv zeta. set (Q := fun k => _).
  assert (HQ : forall k, holds m pr (Q k) z (env1 x k)) by (intros [|k]; [exact Hq | apply (mint_ok m pr z 0)]).
  destruct (jet_ok m pr deg one 1 z Hz e Q (env1 x) HQ) as [_ [_ HH]]. split.
  - apply guard_ok. apply madd_ok; [apply mconst_ok|]. apply mscale_ok; [easy|]. apply HH; lia.
  - intro V. apply andb_prop in V. now apply (jet_defined m pr deg one 1 z Hz e Q (env1 x) HQ).
Qed.

Theorem lower1 A L b fuel :
  A * ratioR G = 1 -> 0 < A -> 0 < ratioR L -> cover (leaf1 L) fuel [b] = true ->
  forall x, within [b] 0 (env1 x) -> forall t, 0 <= t <= ratioR L ->
  exists D, is_derive (flow1 A u t) x D /\ 0 < D.
Proof.
  intros HG HA HL C x Hx t Ht.
  assert (K : defined e (env1 x) /\ 0 < ratioR G + ratioR L * he e 0 0 (env1 x)).
  { pattern x. apply (cover_ok (fun q => defined e (env1 (q O)) /\ 0 < ratioR G + ratioR L * he e 0 0 (env1 (q O))))
      with (leaf := leaf1 L) (fuel := fuel) (b := [b]) (q := env1 x); [|easy|easy].
    clear. intros [|[[lo hi] d] [|s r]] E q Hq; try discriminate E. simpl in E.
    destruct (Z.ltb_spec lo hi) as [Hlt|]; [|discriminate E].
    destruct (coordinate lo hi d (q O) Hlt (proj1 Hq)) as [z [Hz Eq]].
    assert (Hz' : forall i : nat, Rabs ((fun _ => z) i) <= 1) by easy.
    destruct (matrix1_ok 1 (fun _ => z) (mvar 1 pr 0 (lo + hi) (hi - lo) (xO d)) L (q O) Hz') as [H1 H2].
    - rewrite Eq. apply (mvar_ok 1 pr (fun _ => z) Hz' 0 _ _ (xO d)). lia.
    - split; [apply H2; now apply andb_prop in E | now apply (positive_model _ _ _ _ Hz' H1)]. }
  destruct K as [D K]. eexists. split; [now apply flow1_derive|].
  set (h := he e 0 0 (env1 x)) in *. replace (1 + t * (A * h)) with (A * (ratioR G + t * h)) by (rewrite <- HG at 1; ring).
  assert (HG0 := factor_pos _ _ HG HA). apply Rmult_lt_0_compat; [easy|].
  destruct (Rle_or_lt 0 h); [|assert (ratioR L * h <= t * h) by nra];
    [assert (0 <= t * h) by (apply Rmult_le_pos; lra)|]; lra.
Qed.
Theorem upper1 A T x : A * ratioR G = 1 -> 0 < A -> 0 < ratioR T -> witness1 T x = true ->
  exists t, 0 < t <= ratioR T /\ is_derive (flow1 A u t) (ratioR x) 0.
Proof.
  intros HG HA HT W. assert (Hz : forall i : nat, Rabs ((fun _ => 0) i) <= 1) by (intro; rewrite Rabs_R0; lra).
  destruct (matrix1_ok 0 _ (mconst 0 pr (fst x) (snd x)) T (ratioR x) Hz) as [H1 H2]; [apply mconst_ok|].
  assert (P := positive_model _ _ _ _ Hz (mtimes_ok _ _ _ (-1) _ _ H1) W).
  set (h := he e 0 0 (env1 (ratioR x))) in *. assert (HG0 := factor_pos _ _ HG HA).
  assert (h < 0) by (apply Rnot_le_lt; intro; assert (0 <= ratioR T * h) by (apply Rmult_le_pos; lra); lra).
  exists (- ratioR G / h). split.
  - split; [apply Rmult_lt_reg_r with (- h) | apply Rmult_le_reg_r with (- h)]; try lra;
      replace (- ratioR G / h * - h) with (ratioR G) by (field; lra); nra.
  - apply is_derive_eq with (1 + - ratioR G / h * (A * h)); [apply flow1_derive|].
    + apply H2. apply andb_prop in W. destruct W as [V _]. unfold mtimes in V. exact V.
    + replace (1 + _) with (1 - A * ratioR G) by (field; lra). rewrite HG. ring.
Qed.
End One.
Print Assumptions lower1.
Print Assumptions upper1.
