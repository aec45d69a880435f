(* Quotients by a group of isometries, in coordinates: the words of what an exported file proves about its reduced problem.

   On the parameters x there are a metric G with the inverse V, a vector field xi, functions I that are constant along it and
   become the coordinates of the quotient, a section sigma of I, and a loss L. is_partial: derivatives of what terms give;
   riemannian_by_terms, independent_by_terms: matrices are positive definite and fields independent, since terms are positive. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Vector Expr Cover Flat Kink.
From Caustic Require Matrix Definite.
Import ListNotations.
Open Scope R_scope.

(* x is a vector: its entries 0, ..., d-1 count. The derivative by x_i: *)
Definition partial (i : nat) (f : (nat -> R) -> R) (x : nat -> R) : R := Derive (fun s => f (upd x i s)) (x i).

Section Words.
Variables (d : nat) (G V : nat -> nat -> (nat -> R) -> R) (xi : nat -> (nat -> R) -> R).
(* the derivative of f along xi *)
Definition along (f : (nat -> R) -> R) (x : nat -> R) : R := sum d (fun c => xi c x * partial c f x).
(* Killing's equation: the flow of xi consists of isometries *)
Definition killing (x : nat -> R) : Prop := forall i j, (i < d)%nat -> (j < d)%nat ->
  sum d (fun c => xi c x * partial c (G i j) x + G c j x * partial i (xi c) x + G i c x * partial j (xi c) x) = 0.
Definition inverse_of (x : nat -> R) : Prop := forall i j, (i < d)%nat -> (j < d)%nat ->
  sum d (fun c => V i c x * G c j x) = if Nat.eqb i j then 1 else 0.
(* the scalar product of the gradients of f and g *)
Definition gradients (f g : (nat -> R) -> R) (x : nat -> R) : R :=
  sum d (fun i => sum d (fun j => V i j x * (partial i f x * partial j g x))).
(* G is a metric at x *)
Definition riemannian (x : nat -> R) : Prop :=
  (forall i j, (i < d)%nat -> (j < d)%nat -> G i j x = G j i x) /\
  forall v, nonzero d v -> 0 < sum d (fun i => v i * sum d (fun j => G i j x * v j)).
End Words.
(* The fields xi 0, ..., xi (k-1) are linearly independent at x. *)
Definition independent (d k : nat) (xi : nat -> nat -> (nat -> R) -> R) (x : nat -> R) : Prop :=
  forall a, (forall i, (i < d)%nat -> sum k (fun l => a l * xi l i x) = 0) -> forall l, (l < k)%nat -> a l = 0.

(* ---- By terms ---- *)

Lemma is_partial f e x i : (forall x, f x = ev e x) -> defined e x -> partial i f x = gr e i x.
Proof.
  intros H D. apply is_derive_unique. apply is_derive_ext with (fun s => ev e (upd x i s)); [now intro; rewrite H|].
  now apply gradient_ok.
Qed.
(* where the terms `signs` are positive *)
Lemma is_partial_near f e signs x i : (forall x, List.Forall (fun s => 0 < ev s x) signs -> f x = ev e x) ->
  defined e x -> List.Forall (fun s => defined s x /\ 0 < ev s x) signs -> partial i f x = gr e i x.
Proof.
  intros H D P. apply is_derive_unique. apply is_derive_ext_loc with (fun s => ev e (upd x i s)); [|now apply gradient_ok].
  assert (K : locally (x i) (fun t => List.Forall (fun s => 0 < ev s (upd x i t)) signs)).
  { clear H. induction P as [|s l [Ds Ps] _ IH]; [now apply filter_forall|].
    assert (C := ev_continuous s x i Ds). cbv beta in C.
    assert (N : locally (x i) (fun t => 0 < ev s (upd x i t))).
    { apply (C (fun y => 0 < y)). rewrite upd_same. now apply (open_gt 0). }
    generalize (filter_and _ _ N IH). apply filter_imp. intros t [Q1 Q2]. now constructor. }
  revert K. apply filter_imp. intros t Q. symmetry. now apply H.
Qed.

(* e with terms in place of the variables *)
Fixpoint subst (s : nat -> expr) (e : expr) : expr :=
  match e with
  | Var i => s i
  | Int n => Int n
  | Opp a => Opp (subst s a)
  | Add a b => Add (subst s a) (subst s b)
  | Sub a b => Sub (subst s a) (subst s b)
  | Mul a b => Mul (subst s a) (subst s b)
  | Div a b => Div (subst s a) (subst s b)
  | Pow a n => Pow (subst s a) n
  | Exp a => Exp (subst s a)
  | Sin a => Sin (subst s a)
  | Cos a => Cos (subst s a)
  | Tanh a => Tanh (subst s a)
  end.
Lemma subst_ok s e q x : (forall k, x k = ev (s k) q) -> ev (subst s e) q = ev e x.
Proof. intro H. induction e; simpl; rewrite ?IHe, ?IHe1, ?IHe2; auto. Qed.
(* L at the point x = s(q), if it is given by the term e where `signs` are positive *)
Lemma on_section L e signs s x q : (forall k, x k = ev (s k) q) ->
  (forall x, List.Forall (fun t => 0 < ev t x) signs -> L x = ev e x) ->
  List.Forall (fun t => 0 < ev t q) (map (subst s) signs) -> L x = ev (subst s e) q.
Proof.
  intros Hx H P. rewrite (subst_ok s e q x Hx). apply H. rewrite List.Forall_map in P. revert P. apply List.Forall_impl.
  intro t. now rewrite (subst_ok s t q x Hx).
Qed.
(* Terms that the kernel finds positive on the section over a box. *)
Lemma positive_on_section pr deg fuel B s (sigma : R -> R -> nat -> R) l :
  (forall x y k, sigma x y k = ev (s k) (env2 x y)) -> forallb (positive_on pr deg fuel B) (map (subst s) l) = true ->
  forall x y, within B 0 (env2 x y) -> List.Forall (fun t => 0 < ev t (sigma x y)) l.
Proof.
  intros Hs C x y H. rewrite forallb_forall in C. apply List.Forall_forall. intros t Ht.
  rewrite <- (subst_ok s t (env2 x y) (sigma x y) (Hs x y)).
  apply (positive_on_ok pr deg fuel B _ x y (C _ (in_map (subst s) l t Ht)) H).
Qed.

(* ---- Positive definite matrices, by the signs of terms ---- *)

(* Schur complements of the last diagonal entry, and the pivots of the elimination *)
Definition schur_term (n : nat) (E : nat -> nat -> expr) (i j : nat) : expr :=
  match E n i, E n j with
  | Int 0, _ | _, Int 0 => E i j
  | _, _ => Sub (E i j) (Div (Mul (E n i) (E n j)) (E n n))
  end.
Fixpoint pivots (n : nat) (E : nat -> nat -> expr) : list expr :=
  match n with O => [] | S m => E m m :: pivots m (schur_term m E) end.
Lemma schur_term_ok n E q i j : ev (schur_term n E i j) q = Definite.schur n (fun i j => ev (E i j) q) i j.
Proof.
  unfold schur_term, Definite.schur.
  assert (Z : forall a b c, a = 0 \/ b = 0 -> forall e, e = e - a * b / c) by (intros a b c [-> | ->] e; unfold Rdiv; ring).
  destruct (E n i) as [|z| | | | | | | | | |] eqn:F; try (destruct (E n j) as [|z'| | | | | | | | | |] eqn:F'; try reflexivity;
    destruct z'; try reflexivity; apply Z; right; reflexivity).
  destruct z; [apply Z; left; reflexivity | |]; (destruct (E n j) as [|z'| | | | | | | | | |] eqn:F'; try reflexivity;
    destruct z'; try reflexivity; apply Z; right; reflexivity).
Qed.
Theorem definite_by_pivots n : forall E q, (forall i j, (i < n)%nat -> (j < n)%nat -> ev (E i j) q = ev (E j i) q) ->
  List.Forall (fun e => 0 < ev e q) (pivots n E) -> Definite.positive_definite n (fun i j => ev (E i j) q).
Proof.
  induction n as [|n IH]; intros E q HS H; [intros x [i [Hi _]]; lia|]. cbn [pivots] in H. apply List.Forall_cons_iff in H. destruct H as [Hp H].
  set (A := fun i j => ev (E i j) q). assert (SA : Matrix.symmetric (S n) A) by (intros i j Hi Hj; now apply HS).
  assert (K : Definite.positive_definite n (Definite.schur n A)).
  { intros x Hx. rewrite (Definite.quadratic_ext n _ (fun i j => ev (schur_term n E i j) q)) by (intros i j _ _; symmetry; apply schur_term_ok).
    apply IH; [|exact H | exact Hx]. intros i j Hi Hj. rewrite !schur_term_ok. exact (Definite.schur_symmetric n A SA i j Hi Hj). }
  intros x [i [Hi Hx]]. rewrite (Definite.quadratic_S n A x SA Hp). fold (A n n) in Hp.
  set (u := x n + dot n (A n) x / A n n). assert (Q : 0 <= A n n * (u * u)) by (apply Rmult_le_pos; [lra | apply Rle_0_sqr]).
  destruct (nonzero_or n x) as [N|N].
  - assert (P := K x N). lra.
  - rewrite (Definite.quadratic_zero n _ x N). assert (Ei : i = n) by (destruct (Nat.eq_dec i n); [easy | exfalso; apply Hx, N; lia]). subst i.
    assert (D : dot n (A n) x = 0) by (apply sum_zero; intros k Hk; rewrite N by easy; ring).
    assert (Eu : u = x n) by (unfold u; rewrite D; unfold Rdiv; ring). rewrite Eu in *.
    assert (0 < x n * x n) by (now apply Rlt_0_sqr). assert (0 < A n n * (x n * x n)) by now apply Rmult_lt_0_compat. lra.
Qed.
Theorem riemannian_by_terms d G (E : nat -> nat -> expr) q x : (forall i j, G i j x = ev (E i j) q) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> G i j x = G j i x) ->
  List.Forall (fun e => 0 < ev e q) (pivots d E) -> riemannian d G x.
Proof.
  intros H HS P. split; [exact HS|]. intros v Hv.
  assert (K := definite_by_pivots d E q (fun i j Hi Hj => eq_trans (eq_sym (H i j)) (eq_trans (HS i j Hi Hj) (H j i))) P v Hv).
  unfold Definite.quadratic, dot, Matrix.apply in K.
  rewrite (sum_ext d _ (fun i => v i * sum d (fun j => ev (E i j) q * v j))); [exact K|].
  intros i _. f_equal. apply sum_ext. intros j _. now rewrite H.
Qed.

(* the scalar products of fields, coordinate by coordinate *)
Fixpoint sum_term (n : nat) (f : nat -> expr) : expr := match n with O => Int 0 | S m => Add (sum_term m f) (f m) end.
Lemma sum_term_ok n f q : ev (sum_term n f) q = sum n (fun i => ev (f i) q).
Proof. induction n as [|n IH]; [reflexivity|]. simpl. now rewrite IH. Qed.
Definition gram (d : nat) (E : nat -> nat -> expr) (k l : nat) : expr := sum_term d (fun i => Mul (E k i) (E l i)).
Theorem independent_by_terms d k xi (E : nat -> nat -> expr) q x : (forall l i, xi l i x = ev (E l i) q) ->
  List.Forall (fun e => 0 < ev e q) (pivots k (gram d E)) -> independent d k xi x.
Proof.
  intros H P a Ha. destruct (nonzero_or k a) as [N|N]; [exfalso|exact N].
  assert (K := definite_by_pivots k (gram d E) q).
  assert (Q : 0 < Definite.quadratic k (fun i j => ev (gram d E i j) q) a).
  { apply K; [|exact P | exact N]. intros i j _ _. unfold gram. rewrite !sum_term_ok. apply sum_ext. intros; simpl; ring. }
  assert (Z : Definite.quadratic k (fun i j => ev (gram d E i j) q) a = 0); [|lra].
  apply sum_zero. intros l Hl. apply Rmult_eq_0_compat_l. unfold Matrix.apply.
  rewrite (sum_ext k _ (fun m => sum d (fun i => xi l i x * (a m * xi m i x)))).
  - rewrite sum_exchange. apply sum_zero. intros i Hi. rewrite sum_scal, Ha by easy. ring.
  - intros m Hm. unfold gram. rewrite sum_term_ok, <- sum_scal_r. apply sum_ext. intros i Hi. simpl. rewrite !H. ring.
Qed.
(* on the section over a box *)
Lemma pivots_on_section pr deg fuel B l : forallb (positive_on pr deg fuel B) l = true ->
  forall x y, within B 0 (env2 x y) -> List.Forall (fun t => 0 < ev t (env2 x y)) l.
Proof.
  intros C x y H. rewrite forallb_forall in C. apply List.Forall_forall. intros t Ht. now apply (positive_on_ok pr deg fuel B _ x y (C t Ht) H).
Qed.
Print Assumptions is_partial_near.
Print Assumptions positive_on_section.
Print Assumptions riemannian_by_terms.
Print Assumptions independent_by_terms.
