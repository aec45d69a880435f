(* The value, gradient and Hessian of an expression as Taylor models. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Caustic Require Import Segment Poly Model Expr.
Import ListNotations.
Open Scope R_scope.

Section Jets.
Variable m : nat.
Variable pr : positive.
Variable deg : nat.
Variable w : nat -> nat.
Variable n : nat.           (* variables of the expression *)
Notation model := (model m).
Notation mmul := (mmul m pr deg w).
Notation mint := (mint m pr).

Record jet := mkjet { val : model; grad : list model; hess : list (list model) }.
Definition zero : model := mk (pzero m) 0 true.
Definition g_ (J : jet) (i : nat) : model := nth i (grad J) zero.
Definition h_ (J : jet) (i j : nat) : model :=
  if Nat.leb j i then nth j (nth i (hess J) []) zero else nth i (nth j (hess J) []) zero.
Definition build (v : model) (g : nat -> model) (h : nat -> nat -> model) : jet :=
  mkjet v (map g (seq 0 n)) (map (fun i => map (h i) (seq 0 (S i))) (seq 0 n)).

Fixpoint mpower (k : nat) (T : model) : model :=
  match k with O => mint 1 | 1%nat => T | S j => mmul T (mpower j T) end.
Definition mtanh (T : model) : model :=
  msub m (mint 1) (mtimes m 2 (minv m pr deg w (madd m (mexp m pr deg w (mtimes m 2 T)) (mint 1)))).

(* T, valid only where A is *)
Definition guard (A T : model) : model := mk (body T) (rad T) (valid A && valid T).
Definition compose (J : jet) (f0 f1 f2 : model) : jet :=
  build (guard (val J) f0) (fun i => mmul f1 (g_ J i))
    (fun i j => madd m (mmul f1 (h_ J i j)) (mmul f2 (mmul (g_ J i) (g_ J j)))).

Fixpoint jets (e : expr) (q : nat -> model) : jet :=
  match e with
  | Var k => build (q k) (fun i => mint (if Nat.eqb k i then 1 else 0)) (fun _ _ => zero)
  | Int c => build (mint c) (fun _ => zero) (fun _ _ => zero)
  | Opp a => let A := jets a q in
      build (mtimes m (-1) (val A)) (fun i => mtimes m (-1) (g_ A i)) (fun i j => mtimes m (-1) (h_ A i j))
  | Add a b => let A := jets a q in let B := jets b q in
      build (madd m (val A) (val B)) (fun i => madd m (g_ A i) (g_ B i)) (fun i j => madd m (h_ A i j) (h_ B i j))
  | Sub a b => let A := jets a q in let B := jets b q in
      build (msub m (val A) (val B)) (fun i => msub m (g_ A i) (g_ B i)) (fun i j => msub m (h_ A i j) (h_ B i j))
  | Mul a b => let A := jets a q in let B := jets b q in
      build (mmul (val A) (val B))
        (fun i => madd m (mmul (val A) (g_ B i)) (mmul (val B) (g_ A i)))
        (fun i j => madd m (madd m (mmul (val A) (h_ B i j)) (mmul (val B) (h_ A i j)))
                      (madd m (mmul (g_ A i) (g_ B j)) (mmul (g_ A j) (g_ B i))))
  | Div a b => let A := jets a q in let B := jets b q in
      let r := minv m pr deg w (val B) in let v := guard (val B) (mmul (val A) r) in
      let g := map (fun i => mmul (msub m (g_ A i) (mmul v (g_ B i))) r) (seq 0 n) in
      let G := fun i => nth i g zero in
      build v G
        (fun i j => mmul (msub m (msub m (h_ A i j) (madd m (mmul (G i) (g_ B j)) (mmul (G j) (g_ B i))))
                            (mmul v (h_ B i j))) r)
  | Pow a k => let A := jets a q in
      match k with
      | O => build (guard (val A) (mint 1)) (fun _ => zero) (fun _ _ => zero)
      | 1%nat => A
      | S (S j) =>
        let p := mpower j (val A) in let p1 := mmul (val A) p in
        compose A (mmul (val A) p1) (mtimes m (Z.of_nat k) p1)
          (mtimes m (Z.of_nat k * Z.of_nat (S j)) p)
      end
  | Exp a => let A := jets a q in let f := mexp m pr deg w (val A) in compose A f f f
  | Sin a => let A := jets a q in let (s, c) := msincos m pr deg w (val A) in compose A s c (mtimes m (-1) s)
  | Cos a => let A := jets a q in let (s, c) := msincos m pr deg w (val A) in
      compose A c (mtimes m (-1) s) (mtimes m (-1) c)
  | Tanh a => let A := jets a q in let t := mtanh (val A) in
      let u := msub m (mint 1) (mmul t t) in compose A t u (mtimes m (-2) (mmul t u))
  end.

Section Point.
Variable x : nat -> R.
Hypothesis Hx : forall i, Rabs (x i) <= 1.
Notation holds T y := (holds m pr T x y).

Definition encloses (J : jet) (e : expr) (q : nat -> R) : Prop :=
  holds (val J) (ev e q) /\ (forall i, (i < n)%nat -> holds (g_ J i) (gr e i q)) /\
  (forall i j, (i < n)%nat -> (j < n)%nat -> holds (h_ J i j) (he e i j q)).

Lemma nth_map_seq {A} (f : nat -> A) d k i : (i < k)%nat -> nth i (map f (seq 0 k)) d = f i.
Proof.
  intro H. rewrite nth_indep with (d' := f O) by now rewrite map_length, seq_length.
  now rewrite map_nth, seq_nth.
Qed.
Lemma zero_ok : holds zero 0.
Proof. apply holds_eq with (y := IZR 0 ); [|easy]. intros _. simpl. rewrite pev_zero, Rmult_0_l, Rminus_0_r, Rabs_R0. lra. Qed.
Lemma build_ok v g h e q : holds v (ev e q) -> (forall i, (i < n)%nat -> holds (g i) (gr e i q)) ->
  (forall i j, (j <= i < n)%nat -> holds (h i j) (he e i j q)) -> encloses (build v g h) e q.
Proof.
  intros Hv Hg Hh. split; [exact Hv|]. split.
  - intros i Hi. unfold g_, build. cbn [grad]. rewrite nth_map_seq by easy. now apply Hg.
  - intros i j Hi Hj. unfold h_, build. cbn [hess]. destruct (Nat.leb_spec j i).
    + rewrite !nth_map_seq by lia. apply Hh. lia.
    + rewrite !nth_map_seq by lia. rewrite he_sym. apply Hh. lia.
Qed.
Lemma mpower_ok k T y : holds T y -> holds (mpower k T) (y ^ k).
Proof.
  intro H. induction k as [|k IH]; [apply (mint_ok m pr x 1)|].
  destruct k as [|k]; [apply holds_eq with (1 := H); simpl; ring|].
  change (mpower (S (S k)) T) with (mmul T (mpower (S k) T)). now apply mmul_ok.
Qed.
Lemma mtanh_ok T y : holds T y -> holds (mtanh T) (tanh y).
Proof.
  intro H. rewrite tanh_exp. apply msub_ok; [apply (mint_ok m pr x 1)|].
  apply (mtimes_ok m pr x 2). apply minv_ok; [easy|]. apply madd_ok; [|apply (mint_ok m pr x 1)].
  apply mexp_ok; [easy|]. now apply (mtimes_ok m pr x 2).
Qed.
Lemma guard_ok A T y : holds T y -> holds (guard A T) y.
Proof. intros H V. apply andb_prop in V. now apply H. Qed.
Lemma compose_ok J e a q f0 f1 f2 :
  encloses J a q -> holds f0 (ev e q) -> holds f1 (d1 e (ev a q)) -> holds f2 (d2 e (ev a q)) ->
  (forall i, gr e i q = d1 e (ev a q) * gr a i q) ->
  (forall i j, he e i j q = d1 e (ev a q) * he a i j q + d2 e (ev a q) * (gr a i q * gr a j q)) ->
  encloses (compose J f0 f1 f2) e q.
Proof.
  intros [_ [Hg Hh]] H0 H1 H2 Eg Eh. apply build_ok; [now apply guard_ok| |].
  - intros i Hi. rewrite Eg. apply mmul_ok; auto.
  - intros i j Hi. rewrite Eh. apply madd_ok; apply mmul_ok; auto; [apply Hh; lia|].
    apply mmul_ok; auto; apply Hg; lia.
Qed.
Lemma opp_ok T y : holds T y -> holds (mtimes m (-1) T) (- y).
Proof. intro H. apply holds_eq with (1 := mtimes_ok m pr x (-1) _ _ H). ring. Qed.

Lemma jet_ok e Q q : (forall k, holds (Q k) (q k)) -> encloses (jets e Q) e q.
Proof.
  intro HQ. induction e; cbn [jets]; cbv zeta.
  - apply build_ok; [apply HQ | | intros; apply zero_ok].
    intros k _. simpl. destruct (Nat.eqb i k); apply mint_ok.
  - apply build_ok; [apply mint_ok | intros; apply zero_ok | intros; apply zero_ok].
  - destruct IHe as [V [G H]]. apply build_ok; [now apply opp_ok | |]; intros; apply opp_ok; auto. apply H; lia.
  - destruct IHe1 as [V1 [G1 H1]], IHe2 as [V2 [G2 H2]].
    apply build_ok; [now apply madd_ok | |]; intros; apply madd_ok; auto; [apply H1 | apply H2]; lia.
  - destruct IHe1 as [V1 [G1 H1]], IHe2 as [V2 [G2 H2]].
    apply build_ok; [now apply msub_ok | |]; intros; apply msub_ok; auto; [apply H1 | apply H2]; lia.
  - destruct IHe1 as [V1 [G1 H1]], IHe2 as [V2 [G2 H2]].
    apply build_ok; [now apply mmul_ok | |]; intros; simpl.
    + apply madd_ok; apply mmul_ok; auto.
    + apply madd_ok; apply madd_ok; apply mmul_ok; auto; (apply H1 || apply H2 || apply G1 || apply G2); lia.
  - destruct IHe1 as [V1 [G1 H1]], IHe2 as [V2 [G2 H2]].
    set (r := minv _ _ _ _ _). assert (Hr : holds r (/ ev e2 q)) by now apply minv_ok.
    set (v := guard _ (mmul (val (jets e1 Q)) r)).
    assert (Hv : holds v (ev e1 q / ev e2 q)) by now apply guard_ok, mmul_ok.
    set (g := map _ _).
    assert (Hg : forall i, (i < n)%nat -> holds (nth i g zero) (gr (Div e1 e2) i q)).
    { intros i Hi. unfold g. rewrite nth_map_seq by easy. simpl.
      apply mmul_ok; auto. apply msub_ok; auto. apply mmul_ok; auto. }
    apply build_ok; [exact Hv | exact Hg |]. intros i j Hi. cbn [he].
    apply mmul_ok; auto. apply msub_ok; [apply msub_ok | apply mmul_ok; auto; apply H2; lia].
    + apply H1; lia.
    + apply madd_ok; apply mmul_ok; auto; (apply Hg || apply G2); lia.
  - destruct n0 as [|[|k]].
    + apply build_ok; [apply guard_ok, (mint_ok m pr x 1) | |]; intros; cbn [gr he d1 d2 dpow ddpow].
      * apply holds_eq with (1 := zero_ok). ring.
      * apply holds_eq with (1 := zero_ok). ring.
    + destruct IHe as [V [G H]]. repeat split.
      * apply holds_eq with (1 := V). simpl. ring.
      * intros i Hi. apply holds_eq with (1 := G i Hi). simpl. ring.
      * intros i j Hi Hj. apply holds_eq with (1 := H i j Hi Hj). simpl. ring.
    + assert (V := proj1 IHe). assert (P := mpower_ok k _ _ V).
      apply (compose_ok _ (Pow e (S (S k))) e); try easy.
      * simpl ev. now apply mmul_ok; [| |apply mmul_ok].
      * unfold d1, dpow. apply mtimes_ok. simpl pow. now apply mmul_ok.
      * unfold d2, ddpow. now apply mtimes_ok.
  - assert (K := mexp_ok m pr deg w x Hx _ _ (proj1 IHe)). apply (compose_ok _ (Exp e) e); easy.
  - assert (K := msincos_ok m pr deg w x Hx _ _ (proj1 IHe)).
    destruct (msincos m pr deg w (val (jets e Q))) as [s c]. destruct K as [K1 K2].
    apply (compose_ok _ (Sin e) e); try easy. now apply opp_ok.
  - assert (K := msincos_ok m pr deg w x Hx _ _ (proj1 IHe)).
    destruct (msincos m pr deg w (val (jets e Q))) as [s c]. destruct K as [K1 K2].
    apply (compose_ok _ (Cos e) e); try easy; now apply opp_ok.
  - assert (K := mtanh_ok _ _ (proj1 IHe)). set (t := mtanh _) in *.
    assert (K1 : holds (msub m (mint 1) (mmul t t)) (1 - tanh (ev e q) * tanh (ev e q))).
    { apply msub_ok; [apply (mint_ok m pr x 1) | now apply mmul_ok]. }
    apply (compose_ok _ (Tanh e) e); try easy. apply (mtimes_ok m pr x (-2)). now apply mmul_ok.
Qed.
Lemma jet_defined e Q q : (forall k, holds (Q k) (q k)) -> valid (val (jets e Q)) = true -> defined e q.
Proof.
  intro HQ. induction e; cbn [jets defined]; cbv zeta; intro V; try easy.
  - auto.
  - apply andb_prop in V. now split; [apply IHe1 | apply IHe2].
  - apply andb_prop in V. now split; [apply IHe1 | apply IHe2].
  - apply andb_prop in V. now split; [apply IHe1 | apply IHe2].
  - unfold build, guard in V. cbn [val valid] in V. apply andb_prop in V. destruct V as [V2 V].
    apply andb_prop in V. destruct V as [V1 V]. split; [|split]; auto.
    now apply (minv_ok m pr deg w x Hx (val (jets e2 Q)) (ev e2 q) (proj1 (jet_ok e2 Q q HQ))).
  - destruct n0 as [|[|k]]; [| auto |]; apply andb_prop in V; now apply IHe.
  - apply andb_prop in V. now apply IHe.
  - destruct (msincos m pr deg w (val (jets e Q))). apply andb_prop in V. now apply IHe.
  - destruct (msincos m pr deg w (val (jets e Q))). apply andb_prop in V. now apply IHe.
  - apply andb_prop in V. now apply IHe.
Qed.
End Point.
End Jets.
Print Assumptions jet_ok.
