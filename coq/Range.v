(* A lower bound of a Taylor model that is sharp near an interior minimum: twice the polynomial is written as a sum of

     b z_i + a z_i^2 + c z_i^3 + ... >= b z_i + (a - |c| - ...) z_i^2      and      |c| (z_i + (sign c) z_j)^2 >= 0

   and of a rest, which counts with its norm. Any choice of the summands is sound. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Caustic Require Import Segment Poly Model.
Import ListNotations.
Open Scope R_scope.

(* The coefficients of the powers of x_i alone, and that of x_i x_j (i < j). *)
Fixpoint pure (m i : nat) : poly m -> list Z :=
  match m with
  | O => fun _ => []
  | S n => fun p => if Nat.eqb i n then map (head n) p else match p with [] => [] | a :: _ => pure n i a end
  end.
Fixpoint cross (m i j : nat) : poly m -> Z :=
  match m with
  | O => fun _ => 0%Z
  | S n => fun p => if Nat.eqb j n then nth 1 (pure n i (nth 1 p (pzero n))) 0%Z
                    else match p with [] => 0%Z | a :: _ => cross n i j a end
  end.
(* c x_i x_j, i < j *)
Fixpoint pcross (m i j : nat) (c : Z) : poly m :=
  match m with
  | O => 0%Z
  | S n => if Nat.eqb j n then [pzero n; ppower n i 1 c] else [pcross n i j c]
  end.
Lemma pev_cross m i j c x : (i < j < m)%nat -> pev m (pcross m i j c) x = IZR c * (x i * x j).
Proof.
  induction m as [|n IH]; intro H; [lia|]. simpl. destruct (Nat.eqb_spec j n) as [->|Hne]; simpl.
  - rewrite pev_zero, pev_power by lia. ring.
  - rewrite IH by lia. ring.
Qed.

Inductive summand := Line (i : nat) (b a : Z) (l : list Z) | Square (i j : nat) (c : Z).

Fixpoint ppowers (m i k : nat) (l : list Z) : poly m :=
  match l with [] => pzero m | c :: r => padd m (ppower m i k c) (ppowers m i (S k) r) end.
Definition psummand (m : nat) (s : summand) : poly m :=
  match s with
  | Line i b a l => ppowers m i 1 (b :: a :: l)
  | Square i j c => padd m (padd m (ppower m i 2 (Z.abs c)) (ppower m j 2 (Z.abs c))) (pcross m i j (2 * c))
  end.
Definition inside (m : nat) (s : summand) : bool :=
  match s with Line i _ _ _ => Nat.ltb i m | Square i j _ => Nat.ltb i j && Nat.ltb j m end.
(* a lower bound of b z + a z^2 on [-1, 1] *)
Definition low_square (b a : Z) : Z :=
  if ((0 <? a) && (Z.abs b <=? 2 * a))%Z then (- cdiv (b * b) (4 * a))%Z else (a - Z.abs b)%Z.

(* The same about another centre n/d: with y = d z - n, a multiple e > 0 of p(z) is q0 + q1 y + q2 y^2 + ... *)
Definition step_d : Z := (2 ^ 30)%Z.
Fixpoint recentre (n : Z) (p : list Z) : list Z * Z :=
  match p with
  | [] => ([], 1%Z)
  | c :: r => let (q, e) := recentre n r in
              let e' := (step_d * e)%Z in (zip Z.add [c * e'] (zip Z.add (map (Z.mul n) q) (0 :: q)), e')%Z
  end.
Fixpoint weigh (w : Z) (l : list Z) : Z := match l with [] => 0%Z | c :: r => (w * (Z.abs c + weigh w r))%Z end.
Definition low_about (n : Z) (p : list Z) : option Z :=
  let (q, e) := recentre n p in
  match q with
  | q0 :: q1 :: q2 :: r =>
      let a := (q2 - weigh (step_d + Z.abs n) r)%Z in
      if (a <=? 0)%Z then None
      else if (((n =? step_d) && (q1 <=? 0)) || ((n =? - step_d) && (0 <=? q1)))%Z%bool then Some (q0 / e)%Z
      else Some ((q0 - cdiv (q1 * q1) (4 * a)) / e)%Z
  | _ => None
  end.
(* Newton's steps to the minimum, within [-1, 1] *)
Fixpoint centre (k : nat) (n : Z) (p : list Z) : Z :=
  match k with
  | O => n
  | S j => match fst (recentre n p) with
           | _ :: q1 :: q2 :: _ =>
               if (0 <? q2)%Z then centre j (Z.max (- step_d) (Z.min step_d (n - q1 / (2 * q2)))) p else n
           | _ => n
           end
  end.
Definition low_line (b a : Z) (l : list Z) : Z :=
  let low := low_square b (a - total Z.abs l) in
  let p := (0%Z :: b :: a :: l) in
  match low_about (centre 5 0 p) p with Some z => Z.max low z | None => low end.
Definition low_summand (s : summand) : Z :=
  match s with Line _ b a l => low_line b a l | Square _ _ _ => 0%Z end.

Definition pairs (m : nat) : list (nat * nat) :=
  flat_map (fun j => map (fun i => (i, j)) (seq 0 j)) (seq 0 m).
Definition summands (m : nat) (p : poly m) : list summand :=
  let squares := flat_map (fun ij => let c := cross m (fst ij) (snd ij) p in
                                     if Z.eqb c 0 then [] else [Square (fst ij) (snd ij) c]) (pairs m) in
  map (fun i => match pure m i p with
    | _ :: b :: l =>
        let s := total (fun s => match s with
                   | Square k l c => if (Nat.eqb k i || Nat.eqb l i)%bool then Z.abs c else 0%Z
                   | _ => 0%Z end) squares in
        Line i (2 * b) (2 * hd 0%Z l - s) (map (Z.mul 2) (tl l))
    | _ => Line i 0 0 []
    end) (seq 0 m) ++ squares.

(* A lower bound of 2 y, in units. *)
Definition low2 {m} (T : model m) : Z :=
  let p := body T in let l := summands m p in
  if forallb (inside m) l then
    let c := (2 * head m p)%Z in
    let rest := fold_right (fun s r => padd m r (pmap Z.opp m (psummand m s)))
                  (padd m (pmap (Z.mul 2) m p) (pconst m (- c))) l in
    (c + total low_summand l - size m rest - 2 * rad T)%Z
  else (-2 * bound m T)%Z.

Lemma Rabs_between a b : Rabs a <= b -> - b <= a <= b.
Proof. unfold Rabs. destruct Rcase_abs; lra. Qed.

Section Point.
Variable x : nat -> R.
Hypothesis Hx : forall i, Rabs (x i) <= 1.

Lemma low_square_ok b a z : Rabs z <= 1 -> IZR (low_square b a) <= IZR b * z + IZR a * (z * z).
Proof.
  intro Hz. unfold low_square. destruct ((0 <? a) && (Z.abs b <=? 2 * a))%Z eqn:E.
  - apply andb_prop in E. destruct E as [E _]. apply Z.ltb_lt in E.
    assert (K := cdiv_ok (b * b) (4 * a) ltac:(lia)). rewrite opp_IZR.
    assert (Ha : 0 < IZR a) by now apply IZR_lt. rewrite !mult_IZR in K.
    assert (IZR b * z + IZR a * (z * z) + IZR b * IZR b / (4 * IZR a)
      = IZR a * ((z + IZR b / (2 * IZR a)) * (z + IZR b / (2 * IZR a)))) by (field; lra).
    assert (0 <= IZR a * ((z + IZR b / (2 * IZR a)) * (z + IZR b / (2 * IZR a)))); [|lra].
    apply Rmult_le_pos; [lra | apply Rle_0_sqr].
  - apply Bool.andb_false_iff in E. rewrite minus_IZR, abs_IZR.
    assert (Hq : 0 <= z * z <= 1) by (apply Rabs_between in Hz; nra).
    assert (B : - Rabs (IZR b) * Rabs z <= IZR b * z).
    { replace (- Rabs (IZR b) * Rabs z) with (- Rabs (IZR b * z)) by (rewrite Rabs_mult; ring).
      generalize (Rle_abs (- (IZR b * z))). rewrite Rabs_Ropp. lra. }
    assert (Hs : z * z = Rabs z * Rabs z) by (rewrite <- Rabs_mult, Rabs_pos_eq; lra).
    assert (Hb := Rabs_pos (IZR b)). assert (H0 := Rabs_pos z).
    destruct E as [E|E].
    + apply Z.ltb_ge, IZR_le in E. nra.
    + apply Z.leb_gt, IZR_lt in E. rewrite mult_IZR, abs_IZR in E.
      destruct (Rle_or_lt (IZR a) 0); [nra|].
      (* a r^2 - |b| r decreases on [0, 1] *)
      assert (0 <= (1 - Rabs z) * (Rabs (IZR b) - IZR a * (1 + Rabs z))); [|nra].
      apply Rmult_le_pos; [lra|]. nra.
Qed.
Lemma pev_powers m i l : (i < m)%nat -> forall k, pev m (ppowers m i k l) x = x i ^ k * horner IZR (x i) l.
Proof.
  intro Hi. induction l as [|c r IH]; intro k; simpl; [rewrite pev_zero; ring|].
  rewrite pev_add, pev_power, IH by easy. simpl. ring.
Qed.
Lemma horner_bound z l : Rabs z <= 1 -> Rabs (horner IZR z l) <= IZR (total Z.abs l).
Proof.
  intro Hz. induction l as [|c r IH]; simpl; [rewrite Rabs_R0; lra|]. rewrite plus_IZR, abs_IZR.
  apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat_l. rewrite Rabs_mult.
  generalize (Rabs_pos z) (Rabs_pos (horner IZR z r)). nra.
Qed.
Lemma horner_map n z p : horner IZR z (map (Z.mul n) p) = IZR n * horner IZR z p.
Proof. induction p as [|c r IH]; simpl; [ring|]. rewrite IH, mult_IZR. ring. Qed.
Lemma recentre_ok n z y p : IZR step_d * z = IZR n + y ->
  let (q, e) := recentre n p in horner IZR y q = IZR e * horner IZR z p /\ (0 < e)%Z.
Proof.
  intro E. induction p as [|c r IH]; [simpl; split; [ring | lia]|].
  cbn [recentre]. destruct (recentre n r) as [q e]. destruct IH as [IH He]. split; [|apply Z.mul_pos_pos; [reflexivity | easy]].
  rewrite !(horner_zip Z.add IZR y plus_IZR), horner_map. cbn [horner]. rewrite IH, !mult_IZR.
  replace (IZR e * horner IZR z r) with (IZR e * horner IZR z r) by ring.
  replace (IZR step_d * IZR e * (IZR c + z * horner IZR z r))
    with (IZR c * (IZR step_d * IZR e) + (IZR step_d * z) * (IZR e * horner IZR z r)) by ring. rewrite E. ring.
Qed.
Lemma weigh_ok w y l : Rabs y <= IZR w -> Rabs (y * horner IZR y l) <= IZR (weigh w l).
Proof.
  intro Hy. induction l as [|c r IH]; simpl; [rewrite Rmult_0_r, Rabs_R0; lra|].
  rewrite mult_IZR, plus_IZR, abs_IZR, Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos.
  apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.
Lemma floor_le a e : (0 < e)%Z -> IZR e * IZR (a / e) <= IZR a.
Proof. intro He. rewrite <- mult_IZR. apply IZR_le. now apply Z.mul_div_le. Qed.
Lemma low_about_ok n p z low : Rabs z <= 1 -> low_about n p = Some low -> IZR low <= horner IZR z p.
Proof.
  intros Hz H. unfold low_about in H. set (y := IZR step_d * z - IZR n).
  assert (K := recentre_ok n z y p ltac:(unfold y; ring)). destruct (recentre n p) as [q e].
  destruct q as [|q0 [|q1 [|q2 r]]]; try discriminate H. destruct K as [K He].
  assert (HeR := IZR_lt _ _ He). cbv zeta in H. assert (Hd : 0 < IZR step_d) by now apply IZR_lt.
  assert (Hy : Rabs y <= IZR (step_d + Z.abs n)).
  { unfold y. rewrite plus_IZR, abs_IZR. apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_Ropp, Rabs_mult.
    rewrite (Rabs_pos_eq (IZR step_d)) by lra. nra. }
  assert (W := weigh_ok _ y r Hy). set (a := (q2 - weigh (step_d + Z.abs n) r)%Z) in *.
  destruct (Z.leb_spec a 0) as [|Ha]; [discriminate H|]. assert (HaR := IZR_lt _ _ Ha).
  simpl horner in K. apply Rabs_between in Hz. apply Rabs_between in W.
  assert (Hyy : 0 <= y * y) by apply Rle_0_sqr.
  assert (B : IZR q0 + IZR q1 * y + IZR a * (y * y) <= IZR e * horner IZR z p).
  { rewrite <- K. unfold a. rewrite minus_IZR.
    assert (- IZR (weigh (step_d + Z.abs n) r) * (y * y) <= (y * horner IZR y r) * (y * y)) by
      (apply Rmult_le_compat_r; lra). lra. }
  assert (F : forall b, IZR b <= IZR e * horner IZR z p -> IZR (b / e) <= horner IZR z p).
  { intros b Hb. apply Rmult_le_reg_l with (IZR e); [easy|]. generalize (floor_le b e He). lra. }
  destruct (((n =? step_d) && (q1 <=? 0)) || ((n =? - step_d) && (0 <=? q1)))%Z%bool eqn:E; injection H as <-; apply F.
  - assert (0 <= IZR q1 * y).
    { apply orb_prop in E. destruct E as [E|E]; apply andb_prop in E; destruct E as [E1 E2]; apply Z.eqb_eq in E1;
        apply Z.leb_le, IZR_le in E2.
      - assert (y <= 0) by (unfold y; rewrite E1; nra).
        replace (IZR q1 * y) with (- IZR q1 * - y) by ring. apply Rmult_le_pos; lra.
      - assert (0 <= y) by (unfold y; rewrite E1, opp_IZR; nra). apply Rmult_le_pos; lra. }
    assert (0 <= IZR a * (y * y)) by (apply Rmult_le_pos; lra). lra.
  - clearbody a y. assert (Q := cdiv_ok (q1 * q1) (4 * a) ltac:(lia)).
    rewrite (mult_IZR q1), (mult_IZR 4) in Q. rewrite minus_IZR.
    set (w := IZR (cdiv _ _)) in *.
    assert (IZR q1 * y + IZR a * (y * y) + IZR q1 * IZR q1 / (4 * IZR a)
      = IZR a * ((y + IZR q1 / (2 * IZR a)) * (y + IZR q1 / (2 * IZR a)))) by (field; lra).
    assert (0 <= IZR a * ((y + IZR q1 / (2 * IZR a)) * (y + IZR q1 / (2 * IZR a)))); [|lra].
    apply Rmult_le_pos; [lra | apply Rle_0_sqr].
Qed.
Lemma low_line_ok b a l z : Rabs z <= 1 -> IZR (low_line b a l) <= z * horner IZR z (b :: a :: l).
Proof.
  intro Hz. unfold low_line. cbv zeta.
  assert (A : IZR (low_square b (a - total Z.abs l)) <= z * horner IZR z (b :: a :: l)).
  { simpl horner. assert (B := horner_bound z l Hz).
    apply Rle_trans with (1 := low_square_ok b (a - total Z.abs l) z Hz). rewrite minus_IZR.
    set (h := horner IZR z l) in *. assert (K : Rabs (z * h) <= IZR (total Z.abs l)).
    { rewrite Rabs_mult. generalize (Rabs_pos z) (Rabs_pos h). nra. }
    apply Rabs_between in K. assert (Q : 0 <= z * z) by apply Rle_0_sqr.
    assert (- IZR (total Z.abs l) * (z * z) <= (z * h) * (z * z)) by (apply Rmult_le_compat_r; lra). lra. }
  destruct (low_about _ _) as [w|] eqn:E; [|exact A].
  assert (B := low_about_ok _ _ z w Hz E). replace (horner IZR z _) with (0 + z * horner IZR z (b :: a :: l)) in B by reflexivity.
  apply Z.max_case_strong; intros _; lra.
Qed.
Lemma low_summand_ok m s : inside m s = true -> IZR (low_summand s) <= pev m (psummand m s) x.
Proof.
  destruct s as [i b a l|i j c]; simpl inside; intro H.
  - apply Nat.ltb_lt in H. unfold psummand, low_summand. rewrite pev_powers by easy.
    apply Rle_trans with (1 := low_line_ok b a l (x i) (Hx i)). simpl pow. lra.
  - apply andb_prop in H. destruct H as [H1 H2]. apply Nat.ltb_lt in H1, H2. cbn [low_summand psummand].
    rewrite !pev_add, !pev_power, pev_cross, abs_IZR, mult_IZR by lia.
    set (u := x i). set (v := x j). set (a := IZR c). unfold Rabs. destruct Rcase_abs.
    + replace (_ + _) with (- a * ((u - v) * (u - v))) by ring. apply Rmult_le_pos; [lra | apply Rle_0_sqr].
    + replace (_ + _) with (a * ((u + v) * (u + v))) by ring. apply Rmult_le_pos; [lra | apply Rle_0_sqr].
Qed.
Lemma low2_ok m pr (T : model m) y : holds m pr T x y -> valid T = true -> IZR (low2 T) <= 2 * (y * IZR (unit pr)).
Proof.
  intros H V. assert (B := bound_ok m pr x Hx T y H V). specialize (H V).
  unfold low2. cbv zeta. destruct (forallb _ _) eqn:E.
  2: { rewrite (mult_IZR (-2)). generalize (Rle_abs (- (y * IZR (unit pr)))). rewrite Rabs_Ropp. lra. }
  rewrite forallb_forall in E. set (l := summands m (body T)) in *. cbv zeta.
  set (c := (2 * head m (body T))%Z). set (start := padd m _ _).
  assert (K : pev m start x + IZR c = 2 * pev m (body T) x).
  { unfold start. rewrite pev_add, pev_scale, pev_const, opp_IZR. ring. }
  assert (S : forall l, (forall s, In s l -> inside m s = true) ->
    pev m (fold_right (fun s r => padd m r (pmap Z.opp m (psummand m s))) start l) x + IZR (total low_summand l)
      <= pev m start x).
  { clear E l. induction l as [|s l IH]; intro Hl; simpl; [lra|].
    rewrite pev_add, pev_opp, plus_IZR.
    assert (A := low_summand_ok m s (Hl s (or_introl eq_refl))).
    assert (Q := IH (fun s' Hs => Hl s' (or_intror Hs))). lra. }
  specialize (S l E). set (rest := fold_right _ _ _) in *.
  assert (Hr := pev_bound x Hx m rest). rewrite !minus_IZR, plus_IZR, mult_IZR.
  apply Rabs_between in H. apply Rabs_between in Hr. lra.
Qed.
End Point.
Print Assumptions low2_ok.
