(* Quotients by a group of isometries, in coordinates: the words of what an exported file proves about its reduced problem.

   On the parameters x there are a metric G with the inverse V, a vector field xi, functions I that are constant along it and
   become the coordinates of the quotient, a section sigma of I, and a loss L. is_partial: derivatives of what terms give. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Vector Expr Cover Flat Kink.
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
End Words.

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
Print Assumptions is_partial_near.
Print Assumptions positive_on_section.
