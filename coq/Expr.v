(* Expressions in n variables with their first and second derivatives, as real functions and as Taylor models.

   jet_ok: where the model of the value is valid, the expression is defined, and the models enclose its value, its
   gradient and its Hessian. gradient_ok, hessian_ok: these are the derivatives, in the sense of the calculus. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model.
Import ListNotations.
Open Scope R_scope.

Inductive expr :=
  | Var (i : nat) | Int (n : Z) | Opp (a : expr) | Add (a b : expr) | Sub (a b : expr) | Mul (a b : expr)
  | Div (a b : expr) | Pow (a : expr) (n : nat) | Exp (a : expr) | Sin (a : expr) | Cos (a : expr) | Tanh (a : expr).

Fixpoint ev (e : expr) (q : nat -> R) : R :=
  match e with
  | Var i => q i
  | Int n => IZR n
  | Opp a => - ev a q
  | Add a b => ev a q + ev b q
  | Sub a b => ev a q - ev b q
  | Mul a b => ev a q * ev b q
  | Div a b => ev a q / ev b q
  | Pow a n => ev a q ^ n
  | Exp a => exp (ev a q)
  | Sin a => sin (ev a q)
  | Cos a => cos (ev a q)
  | Tanh a => tanh (ev a q)
  end.
Fixpoint defined (e : expr) (q : nat -> R) : Prop :=
  match e with
  | Var _ | Int _ => True
  | Add a b | Sub a b | Mul a b => defined a q /\ defined b q
  | Div a b => defined a q /\ defined b q /\ ev b q <> 0
  | Opp a | Pow a _ | Exp a | Sin a | Cos a | Tanh a => defined a q
  end.

(* A function of one variable: value, first and second derivative. *)
Definition dpow (n : nat) (x : R) : R := match n with O => 0 | S k => IZR (Z.of_nat n) * x ^ k end.
Definition ddpow (n : nat) (x : R) : R :=
  match n with S (S k) => IZR (Z.of_nat n * Z.of_nat (S k)) * x ^ k | _ => 0 end.
Definition d1 (e : expr) : R -> R :=
  match e with
  | Pow _ n => dpow n
  | Exp _ => exp
  | Sin _ => cos
  | Cos _ => fun x => - sin x
  | Tanh _ => fun x => 1 - tanh x * tanh x
  | _ => fun _ => 0
  end.
Definition d2 (e : expr) : R -> R :=
  match e with
  | Pow _ n => ddpow n
  | Exp _ => exp
  | Sin _ => fun x => - sin x
  | Cos _ => fun x => - cos x
  | Tanh _ => fun x => -2 * (tanh x * (1 - tanh x * tanh x))
  | _ => fun _ => 0
  end.

Fixpoint gr (e : expr) (i : nat) (q : nat -> R) : R :=
  match e with
  | Var k => if Nat.eqb k i then 1 else 0
  | Int _ => 0
  | Opp a => - gr a i q
  | Add a b => gr a i q + gr b i q
  | Sub a b => gr a i q - gr b i q
  | Mul a b => ev a q * gr b i q + ev b q * gr a i q
  | Div a b => (gr a i q - ev a q / ev b q * gr b i q) * / ev b q
  | Pow a _ | Exp a | Sin a | Cos a | Tanh a => d1 e (ev a q) * gr a i q
  end.
Fixpoint he (e : expr) (i j : nat) (q : nat -> R) : R :=
  match e with
  | Var _ | Int _ => 0
  | Opp a => - he a i j q
  | Add a b => he a i j q + he b i j q
  | Sub a b => he a i j q - he b i j q
  | Mul a b => ev a q * he b i j q + ev b q * he a i j q + (gr a i q * gr b j q + gr a j q * gr b i q)
  | Div a b => (he a i j q - (gr (Div a b) i q * gr b j q + gr (Div a b) j q * gr b i q)
                - ev a q / ev b q * he b i j q) * / ev b q
  | Pow a _ | Exp a | Sin a | Cos a | Tanh a =>
      d1 e (ev a q) * he a i j q + d2 e (ev a q) * (gr a i q * gr a j q)
  end.
Lemma he_sym e i j q : he e i j q = he e j i q.
Proof.
  induction e; simpl he; rewrite ?IHe, ?IHe1, ?IHe2; ring.
Qed.

(* ---- The derivatives ---- *)

Definition upd (q : nat -> R) (i : nat) (s : R) : nat -> R := fun k => if Nat.eqb k i then s else q k.
Lemma upd_same q i : upd q i (q i) = q.
Proof. apply FunctionalExtensionality.functional_extensionality. intro k. unfold upd. now destruct (Nat.eqb_spec k i) as [->|]. Qed.

Lemma tanh_exp x : tanh x = 1 - 2 / (exp (2 * x) + 1).
Proof.
  unfold tanh, sinh, cosh. assert (H := exp_pos x). replace (2 * x) with (x + x) by ring. rewrite exp_plus, exp_Ropp.
  field. repeat split; nra.
Qed.
Lemma is_derive_tanh x : is_derive tanh x (1 - tanh x * tanh x).
Proof.
  apply is_derive_ext with (fun x => 1 - 2 / (exp (2 * x) + 1)); [intro; symmetry; apply tanh_exp|].
  rewrite tanh_exp. assert (H := exp_pos (2 * x)). auto_derive; [lra|]. field. lra.
Qed.
Lemma constant (c x : R) : is_derive (fun _ => c) x 0.
Proof. apply (@is_derive_const R_AbsRing R_NormedModule). Qed.
Lemma is_derive_power n x : is_derive (fun x => x ^ n) x (dpow n x).
Proof.
  apply is_derive_eq with (INR n * 1 * x ^ pred n).
  - apply (is_derive_pow (fun x => x) n x 1), (@is_derive_id R_AbsRing).
  - destruct n as [|k]; [simpl; ring|]. unfold dpow. rewrite INR_IZR_INZ. simpl pred. ring.
Qed.
Lemma is_derive_dpow n x : is_derive (dpow n) x (ddpow n x).
Proof.
  destruct n as [|[|k]].
  - apply (is_derive_ext (fun _ => 0)); [easy | apply constant].
  - apply (is_derive_ext (fun _ => 1)); [intro; simpl; ring | apply constant].
  - unfold dpow, ddpow. rewrite mult_IZR, Rmult_assoc.
    apply (is_derive_scal (fun x => x ^ S k)). apply (is_derive_power (S k)).
Qed.
Lemma chain f df (g : R -> R) x dg : is_derive f (g x) df -> is_derive g x dg -> is_derive (fun s => f (g s)) x (df * dg).
Proof.
  intros Hf Hg. apply is_derive_eq with (dg * df); [|ring]. now apply (is_derive_comp f g).
Qed.
Lemma product (f g : R -> R) x df dg : is_derive f x df -> is_derive g x dg ->
  is_derive (fun s => f s * g s) x (f x * dg + g x * df).
Proof.
  intros Hf Hg. apply is_derive_eq with (df * g x + f x * dg); [|ring].
  apply (is_derive_mult f g); [easy | easy | exact Rmult_comm].
Qed.
Lemma inverse (f : R -> R) x df : is_derive f x df -> f x <> 0 -> is_derive (fun s => / f s) x (- (df / (f x * f x))).
Proof.
  intros Hf H0. apply is_derive_eq with (- df / f x ^ 2); [now apply (is_derive_inv f) | field; easy].
Qed.

Ltac at_point := cbv beta in *; rewrite ?upd_same in *.

Lemma gradient_ok e q i : defined e q -> is_derive (fun s => ev e (upd q i s)) (q i) (gr e i q).
Proof.
  induction e; simpl; intro D;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : ?A -> _, H : ?A |- _ => specialize (IH H) end.
  - unfold upd. destruct (Nat.eqb i0 i) eqn:E; [apply (@is_derive_id R_AbsRing) | apply constant].
  - apply constant.
  - now apply (is_derive_opp (fun s => ev e (upd q i s))).
  - now apply (is_derive_plus (fun s => ev e1 (upd q i s)) (fun s => ev e2 (upd q i s))).
  - now apply (is_derive_minus (fun s => ev e1 (upd q i s)) (fun s => ev e2 (upd q i s))).
  - apply is_derive_eq with (1 := product _ _ _ _ _ IHe1 IHe2). now at_point.
  - assert (K := inverse _ _ _ IHe2). at_point. specialize (K H1).
    apply is_derive_eq with (1 := product _ _ _ _ _ IHe1 K). at_point. field. easy.
  - apply (chain (fun x => x ^ n) _ (fun s => ev e (upd q i s))); at_point; [apply is_derive_power | easy].
  - apply (chain exp _ (fun s => ev e (upd q i s))); at_point; [apply is_derive_exp | easy].
  - apply (chain sin _ (fun s => ev e (upd q i s))); at_point; [apply is_derive_sin | easy].
  - apply (chain cos _ (fun s => ev e (upd q i s))); at_point; [apply is_derive_cos | easy].
  - apply (chain tanh _ (fun s => ev e (upd q i s))); at_point; [apply is_derive_tanh | easy].
Qed.
Lemma d1_derive e x : is_derive (d1 e) x (d2 e x).
Proof.
  destruct e; try apply constant; simpl.
  - apply is_derive_dpow.
  - apply is_derive_exp.
  - apply is_derive_cos.
  - apply (is_derive_opp sin). apply is_derive_sin.
  - apply is_derive_eq with (0 - (tanh x * (1 - tanh x * tanh x) + tanh x * (1 - tanh x * tanh x))); [|ring].
    apply (is_derive_minus (fun _ => 1) (fun x => tanh x * tanh x)); [apply constant|].
    apply product; apply is_derive_tanh.
Qed.
Lemma hessian_ok e q i j : defined e q -> is_derive (fun s => gr e i (upd q j s)) (q j) (he e i j q).
Proof.
  induction e; intro D; pose proof (fun e D => gradient_ok e q j D) as G; simpl in D;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : ?A -> is_derive _ _ _, H : ?A |- _ => specialize (IH H) end.
  - cbn [gr he]. destruct (Nat.eqb i0 i); apply constant.
  - cbn [gr he]. apply constant.
  - now apply (is_derive_opp (fun s => gr e i (upd q j s))).
  - now apply (is_derive_plus (fun s => gr e1 i (upd q j s)) (fun s => gr e2 i (upd q j s))).
  - now apply (is_derive_minus (fun s => gr e1 i (upd q j s)) (fun s => gr e2 i (upd q j s))).
  - assert (K := is_derive_plus _ _ _ _ _ (product _ _ _ _ _ (G e1 H) IHe2) (product _ _ _ _ _ (G e2 H0) IHe1)).
    apply is_derive_eq with (1 := K). at_point. unfold plus; simpl. ring.
  - (* (gr a - (a/b) gr b) / b *)
    assert (GD := G (Div e1 e2) (conj H (conj H0 H1))).
    assert (K := product _ _ _ _ _ GD IHe2).
    assert (K1 := is_derive_minus _ _ _ _ _ IHe1 K).
    assert (K2 := inverse _ _ _ (G e2 H0)). at_point. specialize (K2 H1).
    apply is_derive_eq with (1 := product _ _ _ _ _ K1 K2). simpl. at_point. unfold minus, plus, opp; simpl. field. easy.
  - assert (K := chain _ _ _ _ _ (d1_derive (Pow e n) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. at_point. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Exp e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. at_point. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Sin e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. at_point. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Cos e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. at_point. ring.
  - assert (K := chain _ _ _ _ _ (d1_derive (Tanh e) _) (G e D)).
    apply is_derive_eq with (1 := product _ _ _ _ _ K IHe). cbn [he d1 d2]. at_point. ring.
Qed.
(* An expression is defined near a point where it is. *)
Lemma ev_continuous e q i : defined e q -> continuous (fun s => ev e (upd q i s)) (q i).
Proof. intro D. apply (ex_derive_continuous (fun s => ev e (upd q i s))). eexists. now apply gradient_ok. Qed.
Lemma defined_near e q i : defined e q -> locally (q i) (fun s => defined e (upd q i s)).
Proof.
  induction e; simpl; intro D; repeat match goal with H : _ /\ _ |- _ => destruct H end;
    try (now apply filter_forall); try (now auto); try (now apply filter_and; auto).
  apply filter_and; [now auto|]. apply filter_and; [now auto|].
  assert (C := ev_continuous e2 q i H0).
  apply (C (fun y => y <> 0)). at_point. apply (open_neq 0). easy.
Qed.
Print Assumptions hessian_ok.
