(* Taylor models in fixed point: a polynomial with integer coefficients and an integer radius, both in units of 2^-pr.

   `holds T x y`: if T is valid, y is within the radius of the polynomial at x. A model becomes invalid where a value
   may be undefined (1/0) or a series does not converge; so the validity of a result says that all that led to it
   is defined. Nothing here is trusted: every operation has its theorem. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Series.
Import ListNotations.
Open Scope R_scope.

Record model (m : nat) := mk { body : poly m; rad : Z; valid : bool }.
Arguments mk {m}. Arguments body {m}. Arguments rad {m}. Arguments valid {m}.

Definition cdiv (a d : Z) : Z := (- ((- a) / d))%Z.
Lemma cdiv_ok a d : (0 < d)%Z -> IZR a / IZR d <= IZR (cdiv a d).
Proof.
  intro Hd. assert (0 < IZR d) by now apply IZR_lt.
  assert (a <= d * cdiv a d)%Z.
  { unfold cdiv. generalize (Z_div_mod_eq_full (- a) d) (Z.mod_pos_bound (- a) d Hd). lia. }
  apply IZR_le in H0. rewrite mult_IZR in H0. apply Rmult_le_reg_r with (IZR d); [easy|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma floor_ok a d : (0 < d)%Z -> Rabs (IZR a / IZR d - IZR (a / d)) <= 1.
Proof.
  intro Hd. assert (0 < IZR d) by now apply IZR_lt.
  generalize (Z_div_mod_eq_full a d) (Z.mod_pos_bound a d Hd). set (q := (a / d)%Z). intros E B.
  replace (IZR a / IZR d - IZR q) with (IZR (a mod d) / IZR d).
  2: { rewrite E at 2. rewrite plus_IZR, mult_IZR. field. lra. }
  assert (0 <= IZR (a mod d) <= IZR d) by (split; apply IZR_le; lia).
  rewrite Rabs_pos_eq; [|apply Rmult_le_pos; [easy | left; now apply Rinv_0_lt_compat]].
  apply Rmult_le_reg_r with (IZR d); [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Section Models.
Variable m : nat.           (* variables *)
Variable pr : positive.     (* bits *)
Variable deg : nat.         (* degree kept *)
Variable w : nat -> nat.    (* weights of the variables *)
Notation model := (model m).

Definition unit : Z := (2 ^ Zpos pr)%Z.
Lemma unit_pos : (0 < unit)%Z.
Proof. unfold unit. apply Z.pow_pos_nonneg; lia. Qed.
Notation U := (IZR unit).
Lemma U_pos : 0 < U.
Proof. apply IZR_lt, unit_pos. Qed.

Definition holds (T : model) (x : nat -> R) (y : R) : Prop :=
  valid T = true -> Rabs (y * U - pev m (body T) x) <= IZR (rad T).

Definition bound (T : model) : Z := (size m (body T) + rad T)%Z.

Definition mint (n : Z) : model := mk (pconst m (n * unit)) 0 true.
Definition mconst (n : Z) (d : positive) : model := mk (pconst m (n * unit / Zpos d)) 1 true.
Definition mfail : model := mk (pzero m) 0 false.
(* a/d + (b/d) x_i *)
Definition mvar (i : nat) (a b : Z) (d : positive) : model :=
  mk (padd m (pconst m (a * unit / Zpos d)) (ppower m i 1 (b * unit / Zpos d))) 2 true.
Definition madd (A B : model) : model := mk (padd m (body A) (body B)) (rad A + rad B) (valid A && valid B).
Definition mtimes (n : Z) (A : model) : model :=
  if Z.eqb n 0 then mk (pzero m) 0 (valid A) else mk (pmap (Z.mul n) m (body A)) (Z.abs n * rad A) (valid A).
Definition msub (A B : model) : model := madd A (mtimes (-1) B).
Definition mscale (n : Z) (d : positive) (A : model) : model :=
  mk (trim m (pmap (fun c => c * n / Zpos d)%Z m (body A)))
     (cdiv (Z.abs n * rad A) (Zpos d) + terms m (body A)) (valid A).
Definition mmul (A B : model) : model :=
  let raw := trim m (pmul w m deg (body A) (body B)) in
  mk (trim m (pmap (fun c => Z.shiftr c (Zpos pr)) m raw))
     (let r := (rad A * size m (body B) + rad B * bound A)%Z in
      cdiv (prest w m deg (body A) (body B) + r) unit + terms m raw)
     (valid A && valid B).

Section Point.
Variable x : nat -> R.
Hypothesis Hx : forall i, Rabs (x i) <= 1.
Notation holds T y := (holds T x y).

Lemma bound_ok T y : holds T y -> valid T = true -> Rabs (y * U) <= IZR (bound T).
Proof.
  intros H V. specialize (H V). unfold bound. rewrite plus_IZR.
  replace (y * U) with (pev m (body T) x + (y * U - pev m (body T) x)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [now apply pev_bound | easy].
Qed.
Lemma holds_eq T y z : holds T y -> y = z -> holds T z.
Proof. now intros H <-. Qed.
Lemma mfail_ok y : holds mfail y.
Proof. intro V. discriminate V. Qed.
Lemma mint_ok n : holds (mint n) (IZR n).
Proof. intros _. simpl. rewrite pev_const, mult_IZR, Rminus_eq_0, Rabs_R0. lra. Qed.
Lemma quotient n d : Rabs (IZR n / IZR (Zpos d) * U - IZR (n * unit / Zpos d)) <= 1.
Proof.
  replace (IZR n / IZR (Zpos d) * U) with (IZR (n * unit) / IZR (Zpos d)); [now apply floor_ok|].
  rewrite mult_IZR. unfold Rdiv. ring.
Qed.
Lemma mconst_ok n d : holds (mconst n d) (IZR n / IZR (Zpos d)).
Proof. intros _. simpl. rewrite pev_const. apply quotient. Qed.
Lemma mvar_ok i a b d : (i < m)%nat -> holds (mvar i a b d) (IZR a / IZR (Zpos d) + IZR b / IZR (Zpos d) * x i).
Proof.
  intros Hi _. simpl. rewrite pev_add, pev_const, pev_power, pow_1 by easy.
  replace (_ - _) with ((IZR a / IZR (Zpos d) * U - IZR (a * unit / Zpos d))
    + x i * (IZR b / IZR (Zpos d) * U - IZR (b * unit / Zpos d))) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). replace 2 with (1 + 1) by ring.
  apply Rplus_le_compat; [|apply times_x; [easy|]]; apply quotient.
Qed.
Lemma madd_ok A B y z : holds A y -> holds B z -> holds (madd A B) (y + z).
Proof.
  intros HA HB V. apply andb_prop in V. destruct V as [VA VB]. specialize (HA VA). specialize (HB VB). simpl.
  rewrite pev_add, plus_IZR.
  replace (_ - _) with ((y * U - pev m (body A) x) + (z * U - pev m (body B) x)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.
Lemma mtimes_ok n A y : holds A y -> holds (mtimes n A) (IZR n * y).
Proof.
  intros HA V. unfold mtimes in *. destruct (Z.eqb_spec n 0) as [->|Hn]; simpl in *.
  - rewrite pev_zero, !Rmult_0_l, Rminus_0_r, Rabs_R0. lra.
  - specialize (HA V). rewrite pev_scale, mult_IZR, abs_IZR.
    replace (_ - _) with (IZR n * (y * U - pev m (body A) x)) by ring.
    rewrite Rabs_mult. now apply Rmult_le_compat_l; [apply Rabs_pos|].
Qed.
Lemma msub_ok A B y z : holds A y -> holds B z -> holds (msub A B) (y - z).
Proof.
  intros HA HB. apply holds_eq with (y + -1 * z); [|ring]. apply madd_ok; [easy|]. now apply (mtimes_ok (-1)).
Qed.
Lemma indicator c a b : Rabs (IZR c * a - IZR b) <= 1 -> (c = 0%Z -> b = 0%Z) ->
  Rabs (IZR c * a - IZR b * 1) <= IZR (if Z.eqb c 0 then 0%Z else 1%Z).
Proof.
  intros H H0. rewrite Rmult_1_r. destruct (Z.eqb_spec c 0) as [->|]; [|easy].
  rewrite (H0 eq_refl), Rmult_0_l, Rminus_eq_0, Rabs_R0. lra.
Qed.
Lemma mscale_ok n d A y : holds A y -> holds (mscale n d A) (IZR n / IZR (Zpos d) * y).
Proof.
  intros HA V. specialize (HA V). simpl. rewrite pev_trim, plus_IZR.
  set (q := IZR n / IZR (Zpos d)). assert (Hd : 0 < IZR (Zpos d)) by now apply IZR_lt.
  replace (q * y * U - _) with (q * (y * U - pev m (body A) x)
    + (pev m (body A) x * q - pev m (pmap (fun c => (c * n / Zpos d)%Z) m (body A)) x * 1)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat.
  - apply Rle_trans with (2 := cdiv_ok (Z.abs n * rad A) (Zpos d) eq_refl).
    rewrite Rabs_mult, mult_IZR. unfold q, Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)), abs_IZR.
    2: now left; apply Rinv_0_lt_compat.
    replace (Rabs (IZR n) * IZR (rad A) * / IZR (Zpos d)) with (Rabs (IZR n) * / IZR (Zpos d) * IZR (rad A)) by ring.
    apply Rmult_le_compat_l; [|easy]. apply Rmult_le_pos; [apply Rabs_pos | now left; apply Rinv_0_lt_compat].
  - apply pev_near; [easy|]. intro c. apply indicator; [|now intros ->].
    replace (IZR c * q) with (IZR (c * n) / IZR (Zpos d)); [now apply floor_ok|].
    rewrite mult_IZR. unfold q, Rdiv. ring.
Qed.
Lemma mmul_ok A B y z : holds A y -> holds B z -> holds (mmul A B) (y * z).
Proof.
  intros HA HB V. apply andb_prop in V. destruct V as [VA VB].
  assert (KA := bound_ok _ _ HA VA). specialize (HA VA). specialize (HB VB).
  unfold mmul. cbv zeta. cbn [body rad]. rewrite pev_trim.
  set (p := body A) in *. set (q := body B) in *.
  set (raw := trim m (pmul w m deg p q)). set (rest := prest w m deg p q).
  assert (HU := U_pos). rewrite plus_IZR.
  assert (E1 := pmul_ok x Hx w m deg p q). rewrite <- (pev_trim m (pmul w m deg p q)) in E1. fold raw in E1.
  assert (E2 := pev_near x Hx (fun c => Z.shiftr c (Zpos pr)) (/ U) 1 (fun c => if Z.eqb c 0 then 0%Z else 1%Z)).
  specialize (fun K => E2 K m raw).
  set (P := pev m p x) in *. set (Q := pev m q x) in *.
  replace (y * z * U - _) with (((P * Q - pev m raw x) + (Q * (y * U - P) + (z * U - Q) * (y * U))) / U
    + (pev m raw x * / U - pev m (pmap (fun c => Z.shiftr c (Zpos pr)) m raw) x * 1)) by (field; lra).
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat.
  - apply Rle_trans with (2 := cdiv_ok _ _ unit_pos).
    unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ U)) by (left; now apply Rinv_0_lt_compat).
    apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|].
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite !plus_IZR, !mult_IZR. apply Rplus_le_compat; [exact E1|].
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
    assert (HQ : Rabs Q <= IZR (size m q)) by now apply pev_bound.
    assert (Rabs y * Rabs U <= IZR (bound A)) by (rewrite <- Rabs_mult; exact KA).
    apply Rplus_le_compat.
    + rewrite Rmult_comm. apply Rmult_le_compat; auto using Rabs_pos.
    + apply Rmult_le_compat; auto using Rabs_pos. apply Rmult_le_pos; apply Rabs_pos.
  - apply E2. intro c. apply indicator; [|intros ->; apply Z.shiftr_0_l].
    rewrite Z.shiftr_div_pow2 by easy. apply (floor_ok c unit unit_pos).
Qed.

(* ---- Functions ---- *)

(* sum of a_j T^j / j!, j <= n, and T^n / n! *)
Fixpoint mtaylor (a : nat -> Z) (n : nat) (T : model) : model * model :=
  match n with
  | O => (mint (a O), mint 1)
  | S j => let (s, t) := mtaylor a j T in
           let u := mscale 1 (Pos.of_succ_nat j) (mmul t T) in (madd s (mtimes (a (S j)) u), u)
  end.
(* an upper bound of unit r^n / n!, where r = rho / unit *)
Fixpoint tail (rho : Z) (n : nat) : Z :=
  match n with O => unit | S j => cdiv (tail rho j * rho) (unit * Zpos (Pos.of_succ_nat j)) end.
Fixpoint order (fuel : nat) (rho t : Z) (j : positive) : nat :=
  match fuel with
  | O => O
  | S f => if (t <=? 1)%Z then O else S (order f rho (cdiv (t * rho) (unit * Zpos j)) (Pos.succ j))
  end.
(* A function with |f^(k)| <= 3 on [-1, 1] and f^(k)(0) = a_k. *)
Definition mseries (a : nat -> Z) (T : model) : model :=
  let rho := bound T in
  if ((0 <=? rho) && (rho <=? unit))%Z then
    let n := order 80 rho unit 1 in
    let s := fst (mtaylor a n T) in
    mk (body s) (rad s + 3 * tail rho (S n)) (valid T && valid s)
  else mfail.

Lemma mtaylor_ok a n T y : holds T y ->
  holds (fst (mtaylor a n T)) (taylor (fun j => IZR (a j)) n y) /\ holds (snd (mtaylor a n T)) (y ^ n / INR (fact n)).
Proof.
  intro H. induction n as [|n [IH1 IH2]].
  - cbn -[mint pow]. split; apply holds_eq with (2 := Logic.eq_sym (eq_trans _ _)) || idtac.
    + apply holds_eq with (1 := mint_ok (a O)). simpl. field.
    + apply holds_eq with (1 := mint_ok 1). simpl. field.
  - simpl mtaylor. destruct (mtaylor a n T) as [s t]. cbn [fst snd] in *.
    assert (K : holds (mscale 1 (Pos.of_succ_nat n) (mmul t T)) (y ^ S n / INR (fact (S n)))).
    { apply holds_eq with (1 := mscale_ok 1 (Pos.of_succ_nat n) _ _ (mmul_ok _ _ _ _ IH2 H)).
      rewrite fact_simpl, mult_INR, S_INR. rewrite Zpos_P_of_succ_nat, succ_IZR, <- INR_IZR_INZ. simpl pow.
      field. split; [apply INR_fact_neq_0|]. generalize (pos_INR n). lra. }
    split; [|exact K]. apply madd_ok; [exact IH1|].
    apply holds_eq with (1 := mtimes_ok (a (S n)) _ _ K). unfold Rdiv. ring.
Qed.
Lemma tail_ok rho y n : Rabs (y * U) <= IZR rho -> U * (Rabs y ^ n / INR (fact n)) <= IZR (tail rho n).
Proof.
  intro Hy. assert (HU := U_pos). induction n as [|n IH]; [simpl; lra|].
  assert (Hd : (0 < unit * Z.pos (Pos.of_succ_nat n))%Z) by (generalize unit_pos; lia).
  simpl tail. apply Rle_trans with (2 := cdiv_ok _ _ Hd).
  rewrite !mult_IZR, Zpos_P_of_succ_nat, succ_IZR, <- INR_IZR_INZ, fact_simpl, mult_INR, S_INR. simpl pow.
  assert (Hn := pos_INR n). assert (Hf := INR_fact_lt_0 n).
  replace (U * (Rabs y * Rabs y ^ n / ((INR n + 1) * INR (fact n))))
    with ((U * (Rabs y ^ n / INR (fact n))) * Rabs (y * U) / (U * (INR n + 1))).
  2: { rewrite Rabs_mult, (Rabs_pos_eq U) by lra. field. lra. }
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra|].
  apply Rmult_le_compat; [|apply Rabs_pos | exact IH | exact Hy].
  apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [apply pow_le, Rabs_pos | left; now apply Rinv_0_lt_compat].
Qed.
Lemma mseries_ok (f : nat -> R -> R) a T y :
  (forall k y, is_derive (f k) y (f (S k) y)) -> (forall k y, Rabs y <= 1 -> Rabs (f k y) <= 3) ->
  (forall k, f k 0 = IZR (a k)) -> holds T y -> holds (mseries a T) (f O y).
Proof.
  intros Hd Hb Ha H V. unfold mseries in *.
  destruct ((0 <=? bound T) && (bound T <=? unit))%Z eqn:E; [|discriminate V]. cbv zeta in *.
  set (n := order 80 (bound T) unit 1) in *. destruct (mtaylor_ok a n T y H) as [H1 _]. cbn [body rad valid] in V |- *.
  apply andb_prop in V. destruct V as [VT V].
  specialize (H1 V). assert (Hy := bound_ok _ _ H VT). assert (HU := U_pos).
  apply andb_prop in E. destruct E as [_ E]. apply Z.leb_le, IZR_le in E.
  assert (Hy1 : Rabs y <= 1).
  { rewrite Rabs_mult, (Rabs_pos_eq U) in Hy by lra. apply Rmult_le_reg_r with U; lra. }
  assert (B := taylor_bound f 3 1 Hd Hb n 0 y Hy1).
  assert (Q := tail_ok (bound T) y (S n) Hy).
  rewrite plus_IZR, mult_IZR. set (s := fst (mtaylor a n T)) in *.
  rewrite (taylor_ext _ (fun j => IZR (a j))) in B by (intro j; apply Ha).
  set (z := taylor (fun j => IZR (a j)) n y) in *.
  replace (f O y * U - _) with ((z * U - pev m (body s) x) + (f O y - z) * U) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [exact H1|].
  rewrite Rabs_mult, (Rabs_pos_eq U) by lra.
  apply Rle_trans with (3 * (Rabs y ^ S n / INR (fact (S n))) * U); [apply Rmult_le_compat_r; lra|]. lra.
Qed.

(* T / 2^k is below 1/2. *)
Definition halvings (T : model) : nat :=
  if (2 * bound T <=? unit)%Z then O else Z.to_nat (Z.log2_up (cdiv (bound T) unit) + 1).
Definition half (k : nat) (T : model) : model :=
  match k with O => T | _ => if Nat.ltb 40 k then mfail else mscale 1 (2 ^ Pos.of_nat k)%positive T end.
Lemma half_ok k T y : holds T y -> holds (half k T) (y / 2 ^ k).
Proof.
  intro H. destruct k as [|j]; [apply holds_eq with (1 := H); simpl; field|].
  unfold half. destruct (Nat.ltb 40 (S j)); [apply mfail_ok|].
  apply holds_eq with (1 := mscale_ok _ _ _ _ H). rewrite Pos2Z.inj_pow.
  replace (Z.pos (Pos.of_nat (S j))) with (Z.of_nat (S j)) by lia.
  rewrite <- pow_IZR. unfold Rdiv. ring.
Qed.

(* exp (2 y) = (exp y)^2 *)
Fixpoint mexp_double (k : nat) (T : model) : model :=
  match k with O => T | S j => let u := mexp_double j T in mmul u u end.
Definition mexp_any (T : model) : model :=
  let k := halvings T in mexp_double k (mseries (fun _ => 1%Z) (half k T)).
Lemma mexp_any_ok T y : holds T y -> holds (mexp_any T) (exp y).
Proof.
  intro H. unfold mexp_any. set (k := halvings T).
  assert (H1 : holds (mseries (fun _ => 1%Z) (half k T)) (exp (y / 2 ^ k))).
  { apply (mseries_ok (fun _ => exp)); [intros; apply is_derive_exp | | intros; apply exp_0 | now apply half_ok].
    intros _ z Hz. rewrite Rabs_pos_eq by (left; apply exp_pos). apply Rle_trans with (2 := exp_le_3).
    destruct (Req_dec z 1) as [->|]; [lra|]. left. apply exp_increasing. generalize (Rle_abs z). lra. }
  assert (K : forall j, holds (mexp_double j (mseries (fun _ => 1%Z) (half k T))) (exp (2 ^ j * (y / 2 ^ k)))).
  { induction j as [|j IH]; simpl.
    - now rewrite Rmult_1_l.
    - apply holds_eq with (1 := mmul_ok _ _ _ _ IH IH). rewrite <- exp_plus. f_equal. ring. }
  apply holds_eq with (1 := K k). f_equal. field. apply pow_nonzero. lra.
Qed.

(* The derivatives of cos in turn, as linear combinations of sin and cos. *)
Fixpoint turn (k : nat) (s c : R) : R := match k with O => c | S j => turn j c (- s) end.
Fixpoint turnZ (k : nat) (s c : Z) : Z := match k with O => c | S j => turnZ j c (- s) end.
Lemma turn_Z k s c : turn k (IZR s) (IZR c) = IZR (turnZ k s c).
Proof. revert s c. induction k as [|k IH]; intros; simpl; [easy|]. now rewrite <- opp_IZR. Qed.
Lemma turn_bound k s c : Rabs s <= 1 -> Rabs c <= 1 -> Rabs (turn k s c) <= 1.
Proof. revert s c. induction k as [|k IH]; intros; simpl; [easy|]. apply IH; [easy|]. now rewrite Rabs_Ropp. Qed.
Lemma turn_derive k : forall (s c : R -> R) (y ds dc : R),
  is_derive s y ds -> is_derive c y dc -> is_derive (fun y => turn k (s y) (c y)) y (turn k ds dc).
Proof.
  induction k as [|k IH]; intros s c y ds dc Hs Hc; simpl; [easy|].
  apply (IH c (fun y => - s y)); [easy|]. now apply (is_derive_opp s).
Qed.
Lemma series_turn i T y : holds T y -> holds (mseries (fun k => turnZ (i + k) 0 1) T) (turn i (sin y) (cos y)).
Proof.
  intro H. replace (turn i (sin y) (cos y)) with ((fun k y => turn (i + k) (sin y) (cos y)) O y)
    by (now rewrite Nat.add_0_r).
  apply (mseries_ok (fun k y => turn (i + k) (sin y) (cos y))); [| | |easy].
  - intros k z. replace (i + S k)%nat with (S (i + k)) by lia. simpl.
    apply turn_derive; [apply is_derive_sin | apply is_derive_cos].
  - intros k z _. apply Rle_trans with 1; [|lra].
    apply turn_bound; apply Rabs_le; [apply SIN_bound | apply COS_bound].
  - intro k. rewrite sin_0, cos_0. apply turn_Z.
Qed.

(* sin and cos of a small angle, doubled k times *)
Fixpoint mdouble (k : nat) (s c : model) : model * model :=
  match k with
  | O => (s, c)
  | S j => let (s, c) := mdouble j s c in (mtimes 2 (mmul s c), msub (mint 1) (mtimes 2 (mmul s s)))
  end.
Definition mturn_any (T : model) : model * model :=
  let k := halvings T in let h := half k T in
  mdouble k (mseries (fun k => turnZ (3 + k) 0 1) h) (mseries (fun k => turnZ (0 + k) 0 1) h).
Lemma mturn_any_ok T y : holds T y -> holds (fst (mturn_any T)) (sin y) /\ holds (snd (mturn_any T)) (cos y).
Proof.
  intro H. unfold mturn_any. set (k := halvings T). assert (Hh := half_ok k T y H).
  set (h := half k T) in *. set (z := y / 2 ^ k) in *.
  assert (H3 := series_turn 3 h z Hh). assert (H0 := series_turn 0 h z Hh).
  simpl turn in H3, H0. rewrite Ropp_involutive in H3.
  set (S3 := mseries _ h) in H3. set (S0 := mseries _ h) in H0.
  fold S0. change (mseries (fun k0 => turnZ (3 + k0) 0 1) h) with S3.
  change (mseries (fun k0 => turnZ (0 + k0) 0 1) h) with S0.
  assert (K : forall j, holds (fst (mdouble j S3 S0)) (sin (2 ^ j * z)) /\ holds (snd (mdouble j S3 S0)) (cos (2 ^ j * z))).
  { induction j as [|j [I1 I2]]; simpl.
    - now rewrite Rmult_1_l.
    - destruct (mdouble j S3 S0) as [s c]. cbn [fst snd] in *.
      replace (2 * 2 ^ j * z) with (2 * (2 ^ j * z)) by ring. set (u := 2 ^ j * z) in *. split.
      + apply holds_eq with (1 := mtimes_ok 2 _ _ (mmul_ok _ _ _ _ I1 I2)). rewrite sin_2a. ring.
      + apply holds_eq with (1 := msub_ok _ _ _ _ (mint_ok 1) (mtimes_ok 2 _ _ (mmul_ok _ _ _ _ I1 I1))).
        rewrite cos_2a_sin. ring. }
  destruct (K k) as [K1 K2].
  replace (2 ^ k * z) with y in K1, K2 by (unfold z; field; apply pow_nonzero; lra). now split.
Qed.

(* The constant coefficient and the rest. *)
Fixpoint head (n : nat) : poly n -> Z :=
  match n with O => fun c => c | S j => fun p => match p with [] => 0%Z | a :: _ => head j a end end.
Definition mcentre (T : model) : model := mk (pconst m (head m (body T))) 0 (valid T).
Definition mrest (T : model) : model :=
  mk (padd m (body T) (pconst m (- head m (body T)))) (rad T) (valid T).
Lemma mcentre_ok T : holds (mcentre T) (IZR (head m (body T)) / U).
Proof.
  intros _. simpl. rewrite pev_const. assert (HU := U_pos).
  replace (_ - _) with 0 by (field; lra). rewrite Rabs_R0. lra.
Qed.
Lemma mrest_ok T y : holds T y -> holds (mrest T) (y - IZR (head m (body T)) / U).
Proof.
  intros H V. specialize (H V). simpl. rewrite pev_add, pev_const, opp_IZR. assert (HU := U_pos).
  replace (_ - _) with (y * U - pev m (body T) x) by (field; lra). exact H.
Qed.

Definition mexp (T : model) : model := mmul (mexp_any (mcentre T)) (mexp_any (mrest T)).
Lemma mexp_ok T y : holds T y -> holds (mexp T) (exp y).
Proof.
  intro H. apply holds_eq with (1 := mmul_ok _ _ _ _ (mexp_any_ok _ _ (mcentre_ok T)) (mexp_any_ok _ _ (mrest_ok T y H))).
  rewrite <- exp_plus. f_equal. ring.
Qed.
Definition msincos (T : model) : model * model :=
  let (s, c) := mturn_any (mcentre T) in let (u, v) := mturn_any (mrest T) in
  (madd (mmul s v) (mmul c u), msub (mmul c v) (mmul s u)).
Lemma msincos_ok T y : holds T y -> holds (fst (msincos T)) (sin y) /\ holds (snd (msincos T)) (cos y).
Proof.
  intro H. unfold msincos. destruct (mturn_any_ok _ _ (mcentre_ok T)) as [A B].
  destruct (mturn_any_ok _ _ (mrest_ok T y H)) as [C D].
  destruct (mturn_any (mcentre T)) as [s c], (mturn_any (mrest T)) as [u v]. cbn [fst snd] in *.
  set (a := IZR (head m (body T)) / U) in *. set (b := y - a) in *. replace y with (a + b) by (unfold b; ring).
  rewrite sin_plus, cos_plus. split; [apply madd_ok | apply msub_ok]; now apply mmul_ok.
Qed.

(* 1/T. The approximation z, by Newton's iteration, needs no proof: |1/y - z| <= |z| r / (1 - r) if |1 - y z| <= r < 1. *)
Definition plain (T : model) : model := mk (body T) 0 true.
Fixpoint newton (k : nat) (T z : model) : model :=
  match k with
  | O => z
  | S j => let z := newton j T z in plain (mmul z (msub (mint 2) (mmul T z)))
  end.
Definition minv (T : model) : model :=
  let c := head m (body T) in
  let z := plain (newton (Nat.log2 deg + 2) (plain T) (mk (pconst m (unit * unit / c)) 0 true)) in
  let e := msub (mint 1) (mmul T z) in
  let r := bound e in
  if (r <? unit)%Z then mk (body z) (cdiv (size m (body z) * r) (unit - r)) (valid e) else mfail.
Lemma minv_ok T y : holds T y -> holds (minv T) (/ y) /\ (valid (minv T) = true -> y <> 0).
Proof.
  intro H. unfold minv. cbv zeta.
  remember (plain _) as z eqn:Ez. assert (Rz : rad z = 0%Z) by now rewrite Ez.
  set (e := msub (mint 1) (mmul T z)). set (r := bound e).
  assert (HU := U_pos). set (v := pev m (body z) x / U).
  assert (Hz : holds z v).
  { intros _. unfold v. rewrite Rz. replace (_ - _) with 0 by (field; lra). rewrite Rabs_R0. lra. }
  assert (He : holds e (1 - y * v)) by (apply msub_ok; [apply (mint_ok 1)|now apply mmul_ok]).
  destruct (Z.ltb_spec r unit) as [Hr|]; [|split; intro V; discriminate V].
  apply IZR_lt in Hr.
  assert (K : valid e = true -> Rabs (1 - y * v) < 1 /\ y <> 0 /\ Rabs (1 - y * v) * U <= IZR r).
  { intro V. assert (B := bound_ok _ _ He V). fold r in B. rewrite Rabs_mult, (Rabs_pos_eq U) in B by lra.
    assert (Rabs (1 - y * v) < 1) by (apply Rmult_lt_reg_r with U; lra).
    repeat split; [easy | | easy]. intros ->. rewrite Rmult_0_l, Rminus_0_r, Rabs_R1 in H0. lra. }
  split; [|intro V; now apply K]. intro V. destruct (K V) as [K1 [Hy K2]]. cbn [body rad].
  assert (Hd : (0 < unit - r)%Z) by (apply lt_IZR in Hr; lia).
  apply Rle_trans with (2 := cdiv_ok _ _ Hd). rewrite mult_IZR, minus_IZR.
  replace (/ y * U - pev m (body z) x) with ((1 - y * v) / y * U) by (unfold v; field; lra).
  assert (Hv : Rabs v * U <= IZR (size m (body z))).
  { replace (Rabs v * U) with (Rabs (v * U)) by (rewrite Rabs_mult, (Rabs_pos_eq U); lra).
    replace (v * U) with (pev m (body z) x) by (unfold v; field; lra). now apply pev_bound. }
  unfold Rdiv. rewrite !Rabs_mult, Rabs_inv, (Rabs_pos_eq U) by lra.
  set (t := Rabs (1 - y * v)) in *. assert (Ht : 0 <= t) by apply Rabs_pos.
  assert (Ha : 0 < Rabs y) by now apply Rabs_pos_lt.
  (* 1 - t <= |y| |v| *)
  assert (Hyv : 1 - t <= Rabs y * Rabs v).
  { rewrite <- Rabs_mult. assert (Q := Rabs_triang (1 - y * v) (y * v)). fold t in Q.
    replace (1 - y * v + y * v) with 1 in Q by ring. rewrite Rabs_R1 in Q. lra. }
  apply Rmult_le_reg_r with (Rabs y * (U - IZR r)); [apply Rmult_lt_0_compat; lra|].
  replace (t * / Rabs y * U * (Rabs y * (U - IZR r))) with (t * U * (U - IZR r)) by (field; lra).
  replace (IZR (size m (body z)) * IZR r * / (U - IZR r) * (Rabs y * (U - IZR r)))
    with (IZR (size m (body z)) * (IZR r * Rabs y)) by (field; lra).
  apply Rle_trans with (IZR r * (U - IZR r)); [apply Rmult_le_compat_r; lra|].
  assert (0 <= IZR r) by (apply Rle_trans with (2 := K2); apply Rmult_le_pos; lra).
  apply Rle_trans with (Rabs v * U * (IZR r * Rabs y)).
  - replace (Rabs v * U * (IZR r * Rabs y)) with (IZR r * (Rabs y * Rabs v * U)) by ring.
    apply Rmult_le_compat_l; [easy|]. nra.
  - apply Rmult_le_compat_r; [|exact Hv]. apply Rmult_le_pos; lra.
Qed.
End Point.
End Models.
