(* A search over boxes with rational ends: a test that proves a property on a box is tried; where it fails, the box is
   halved across its widest side. The boxes are made here, so they cover by construction. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
Import ListNotations.
Open Scope R_scope.

(* lo/d <= q_i <= hi/d *)
Definition box := list (Z * Z * positive).
Fixpoint within (b : box) (i : nat) (q : nat -> R) : Prop :=
  match b with
  | [] => True
  | (lo, hi, d) :: r => IZR lo / IZR (Zpos d) <= q i <= IZR hi / IZR (Zpos d) /\ within r (S i) q
  end.
Fixpoint halve (i : nat) (b : box) : box * box :=
  match b, i with
  | [], _ => ([], [])
  | (lo, hi, d) :: r, O => ((2 * lo, lo + hi, xO d)%Z :: r, (lo + hi, 2 * hi, xO d)%Z :: r)
  | s :: r, S j => let (l, u) := halve j r in (s :: l, s :: u)
  end.
Definition wider (s t : Z * Z * positive) : bool :=
  let '(a, b, d) := s in let '(a', b', d') := t in ((b' - a') * Zpos d <? (b - a) * Zpos d')%Z.
Fixpoint widest (b : box) : nat :=
  match b with
  | [] | [_] => O
  | s :: r => let k := widest r in if wider (nth k r s) s then S k else O
  end.
Fixpoint cover (leaf : box -> bool) (fuel : nat) (b : box) : bool :=
  if leaf b then true else
  match fuel with
  | O => false
  | S f => let (l, u) := halve (widest b) b in if cover leaf f l then cover leaf f u else false
  end.

Lemma halve_ok b : forall i k q, within b k q -> within (fst (halve i b)) k q \/ within (snd (halve i b)) k q.
Proof.
  induction b as [|[[lo hi] d] r IH]; intros i k q H; [destruct i; now left|]. destruct i as [|i]; cbn [halve fst snd within] in *.
  - destruct H as [H Hr]. assert (Hd := IZR_lt 0 (Zpos d) eq_refl).
    change (Z.pos d~0) with (2 * Z.pos d)%Z. rewrite !mult_IZR, plus_IZR.
    replace (2 * IZR lo / (2 * IZR (Z.pos d))) with (IZR lo / IZR (Zpos d)) by (field; lra).
    replace (2 * IZR hi / (2 * IZR (Z.pos d))) with (IZR hi / IZR (Zpos d)) by (field; lra).
    destruct (Rle_or_lt (q k) ((IZR lo + IZR hi) / (2 * IZR (Z.pos d)))); [left|right]; (repeat split; try exact Hr; lra).
  - destruct H as [H Hr]. destruct (IH i (S k) q Hr) as [K|K]; destruct (halve i r); [left|right]; now split.
Qed.
Theorem cover_ok (P : (nat -> R) -> Prop) leaf :
  (forall b, leaf b = true -> forall q, within b 0 q -> P q) ->
  forall fuel b, cover leaf fuel b = true -> forall q, within b 0 q -> P q.
Proof.
  intros H fuel. induction fuel as [|f IH]; intros b C q Hq; simpl in C.
  - destruct (leaf b) eqn:E; [now apply (H b) | discriminate].
  - destruct (leaf b) eqn:E; [now apply (H b)|].
    destruct (halve_ok b (widest b) 0 q Hq) as [K|K]; destruct (halve (widest b) b) as [l u];
      destruct (cover leaf f l) eqn:El; try discriminate; [now apply (IH l) | now apply (IH u)].
Qed.
Print Assumptions cover_ok.

(* q = c + h z with |z| <= 1 *)
Lemma coordinate lo hi d (q : R) : (lo < hi)%Z -> IZR lo / IZR (Zpos d) <= q <= IZR hi / IZR (Zpos d) ->
  exists z, Rabs z <= 1 /\ q = IZR (lo + hi) / IZR (Zpos (xO d)) + IZR (hi - lo) / IZR (Zpos (xO d)) * z.
Proof.
  intros H Hq. apply IZR_lt in H. assert (Hd := IZR_lt 0 (Zpos d) eq_refl).
  change (Z.pos d~0) with (2 * Z.pos d)%Z. rewrite mult_IZR, plus_IZR, minus_IZR.
  set (a := IZR lo) in *. set (b := IZR hi) in *. set (D := IZR (Zpos d)) in *.
  exists ((2 * D * q - (a + b)) / (b - a)). split; [|field; lra].
  assert (a <= D * q <= b).
  { split; apply Rmult_le_reg_r with (/ D); try (now apply Rinv_0_lt_compat);
      replace (D * q * / D) with q by (field; lra); apply Hq. }
  apply Rabs_le. split; apply Rmult_le_reg_r with (b - a); try lra;
    replace ((2 * D * q - (a + b)) / (b - a) * (b - a)) with (2 * D * q - (a + b)) by (field; lra); lra.
Qed.
