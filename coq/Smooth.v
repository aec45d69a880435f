(* Continuously differentiable functions of several variables: of q and p in R^n, and of the time t and q.

   C1 says that the partial derivatives exist and are continuous; it follows that the functions are strictly
   differentiable (C1_strict, strip_strict), and the chain rule along a curve (chain_rule). *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector.
Open Scope R_scope.

Definition upd (x : vec) (j : nat) (s : R) : vec := fun i => if Nat.eqb i j then s else x i.
Definition near (n : nat) (x : vec) (d : R) (y : vec) : Prop := forall i, (i < n)%nat -> Rabs (y i - x i) < d.
Definition open_set (n : nat) (D : vec -> Prop) : Prop :=
  forall x, D x -> exists d, 0 < d /\ forall y, near n x d y -> D y.

(* f(q, p) is C^1 on D x R^n, with the partial derivatives fq j, fp j *)
Definition continuous_at (n : nat) (D : vec -> Prop) (f : vec -> vec -> R) (q p : vec) : Prop :=
  forall e, 0 < e -> exists d, 0 < d /\
    forall q' p', D q' -> near n q d q' -> near n p d p' -> Rabs (f q' p' - f q p) < e.
Definition C1 (n : nat) (D : vec -> Prop) (f : vec -> vec -> R) (fq fp : nat -> vec -> vec -> R) : Prop :=
  (forall q q' p p', agree n q q' -> agree n p p' -> f q p = f q' p') /\
  forall q p j, D q -> (j < n)%nat ->
    is_derive (fun s => f (upd q j s) p) (q j) (fq j q p) /\ continuous_at n D (fq j) q p /\
    is_derive (fun s => f q (upd p j s)) (p j) (fp j q p) /\ continuous_at n D (fp j) q p.

(* f(t, q) is C^1 on [0, T) x D: it and its partial derivatives ft, fq j in 0 < t < T are continuous up to t = 0 *)
Definition strip_continuous (n : nat) (T : R) (D : vec -> Prop) (f : R -> vec -> R) : Prop :=
  forall t q, 0 <= t < T -> D q -> forall e, 0 < e -> exists d, 0 < d /\
    forall t' q', 0 <= t' < T -> Rabs (t' - t) < d -> D q' -> near n q d q' -> Rabs (f t' q' - f t q) < e.
Definition C1_strip (n : nat) (T : R) (D : vec -> Prop) (f ft : R -> vec -> R) (fq : nat -> R -> vec -> R) : Prop :=
  (forall t q q', agree n q q' -> f t q = f t q') /\
  strip_continuous n T D f /\ strip_continuous n T D ft /\ (forall j, (j < n)%nat -> strip_continuous n T D (fq j)) /\
  forall t q, 0 < t < T -> D q ->
    is_derive (fun s => f s q) t (ft t q) /\
    forall j, (j < n)%nat -> is_derive (fun s => f t (upd q j s)) (q j) (fq j t q).

Lemma upd_same x j s : upd x j s j = s.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_other x j s i : i <> j -> upd x j s i = x i.
Proof. unfold upd. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.
Lemma agree_refl n x : agree n x x.
Proof. now intros i _. Qed.
Lemma near_self n x d : 0 < d -> near n x d x.
Proof. intros Hd i _. now rewrite Rminus_eq_0, Rabs_R0. Qed.
Lemma near_le n x d d' y : d <= d' -> near n x d y -> near n x d' y.
Proof. intros Hd H i Hi. specialize (H i Hi). lra. Qed.
Lemma near_trans n x y z d : near n x d y -> near n y d z -> near n x (2 * d) z.
Proof. intros H1 H2 i Hi. specialize (H1 i Hi). specialize (H2 i Hi). split_Rabs; lra. Qed.

Lemma is_derive_point (f : R -> R) x x' l : x = x' -> is_derive f x l -> is_derive f x' l.
Proof. now intros <-. Qed.
(* finitely many tolerances have a common one *)
Lemma common_tolerance (P : nat -> R -> Prop) n :
  (forall i d d', 0 < d' <= d -> P i d -> P i d') -> (forall i, (i < n)%nat -> exists d, 0 < d /\ P i d) ->
  exists d, 0 < d /\ forall i, (i < n)%nat -> P i d.
Proof.
  intros mono. sum_induction n; [exists 1; split; [lra | intros; lia]|].
  destruct (IH H) as [d [Hd Pd]]. destruct H0 as [d' [Hd' Pd']].
  assert (Hm := conj (Rmin_l d d') (Rmin_r d d')). assert (Hp := Rmin_pos d d' Hd Hd').
  exists (Rmin d d'). split; [easy|].
  intros i Hi. destruct (Nat.eq_dec i n) as [->|Hne]; [now apply mono with d'|].
  apply mono with d; [easy | apply Pd; lia].
Qed.

(* A function whose slope is within e of D increases by D (b - a), up to e |b - a|. *)
Lemma slope_bound (h dh : R -> R) (D e a b : R) :
  (forall s, Rmin a b <= s <= Rmax a b -> is_derive h s (dh s) /\ Rabs (dh s - D) <= e) ->
  Rabs (h b - h a - D * (b - a)) <= e * Rabs (b - a).
Proof.
  intro H. destruct (MVT_gen h a b dh) as [c [Hc Heq]].
  - intros s Hs. apply H. lra.
  - intros s Hs. apply continuity_pt_filterlim. apply (ex_derive_continuous h). eexists. now apply H.
  - rewrite Heq. replace (dh c * (b - a) - D * (b - a)) with ((dh c - D) * (b - a)) by ring.
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | now apply H].
Qed.

(* ... and the same in n variables, from z to y one coordinate after the other *)
Lemma staircase n (g : vec -> R) (dg : nat -> vec -> R) (D : vec) (e d : R) (x y z : vec) :
  (forall a b, agree n a b -> g a = g b) ->
  (forall m j, (j < n)%nat -> near n x d m ->
     is_derive (fun s => g (upd m j s)) (m j) (dg j m) /\ Rabs (dg j m - D j) <= e) ->
  near n x d y -> near n x d z ->
  Rabs (g y - g z - sum n (fun j => D j * (y j - z j))) <= e * sum n (fun j => Rabs (y j - z j)).
Proof.
  intros Hg Hd Hy Hz.
  set (mid := fun k i => if Nat.ltb i k then y i else z i).
  assert (Hmid : forall k, near n x d (mid k)).
  { intros k i Hi. unfold mid. destruct (Nat.ltb i k); [now apply Hy | now apply Hz]. }
  assert (Hk : forall k, (k <= n)%nat ->
    Rabs (g (mid k) - g z - sum k (fun j => D j * (y j - z j))) <= e * sum k (fun j => Rabs (y j - z j))).
  { induction k as [|k IH]; intro Hk.
    { simpl. rewrite Rminus_0_r, Rmult_0_r. change (g (mid 0%nat)) with (g z). rewrite Rminus_eq_0, Rabs_R0. lra. }
    specialize (IH ltac:(lia)).
    assert (Hstep := slope_bound (fun s => g (upd (mid k) k s)) (fun s => dg k (upd (mid k) k s)) (D k) e (z k) (y k)).
    cbv beta in Hstep. rewrite (Hg (upd (mid k) k (y k)) (mid (S k))), (Hg (upd (mid k) k (z k)) (mid k)) in Hstep.
    - assert (H : Rabs (g (mid (S k)) - g (mid k) - D k * (y k - z k)) <= e * Rabs (y k - z k)).
      { apply Hstep. intros s Hs.
        assert (Hm : near n x d (upd (mid k) k s)).
        { intros i Hi. destruct (Nat.eq_dec i k) as [->|Hne]; [|rewrite upd_other by easy; now apply Hmid].
          rewrite upd_same. specialize (Hy k Hi). specialize (Hz k Hi).
          unfold Rmin, Rmax in Hs. destruct Rle_dec in Hs; split_Rabs; lra. }
        destruct (Hd _ k ltac:(lia) Hm) as [H1 H2]. split; [|easy].
        apply is_derive_point with (1 := upd_same (mid k) k s). apply is_derive_ext with (2 := H1).
        intro r. apply Hg. intros i Hi. destruct (Nat.eq_dec i k) as [->|Hne]; [now rewrite !upd_same | now rewrite !upd_other]. }
      cbn [sum]. rewrite Rmult_plus_distr_l.
      replace (g (mid (S k)) - g z - _)
        with ((g (mid k) - g z - sum k (fun j => D j * (y j - z j))) + (g (mid (S k)) - g (mid k) - D k * (y k - z k))) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). lra.
    - intros i Hi. destruct (Nat.eq_dec i k) as [->|Hne]; [rewrite upd_same | now rewrite upd_other].
      unfold mid. now rewrite Nat.ltb_irrefl.
    - intros i Hi. unfold mid at 2. destruct (Nat.eq_dec i k) as [->|Hne].
      + rewrite upd_same. assert (E : Nat.ltb k (S k) = true) by (apply Nat.ltb_lt; lia). now rewrite E.
      + rewrite upd_other by easy. unfold mid.
        destruct (Nat.ltb i k) eqn:E; [assert (E' : Nat.ltb i (S k) = true) by (apply Nat.ltb_lt in E; apply Nat.ltb_lt; lia)
          | assert (E' : Nat.ltb i (S k) = false) by (apply Nat.ltb_ge in E; apply Nat.ltb_ge; lia)]; now rewrite E'. }
  specialize (Hk n (le_n n)). rewrite (Hg (mid n) y) in Hk; [easy|].
  intros i Hi. unfold mid. apply Nat.ltb_lt in Hi. now rewrite Hi.
Qed.

Theorem C1_strict n D f fq fp q p : open_set n D -> C1 n D f fq fp -> D q ->
  forall e, 0 < e -> exists d, 0 < d /\ forall q1 p1 q2 p2,
    near n q d q1 -> near n p d p1 -> near n q d q2 -> near n p d p2 ->
    Rabs (f q1 p1 - f q2 p2 - sum n (fun j => fq j q p * (q1 j - q2 j)) - sum n (fun j => fp j q p * (p1 j - p2 j)))
    <= e * (sum n (fun j => Rabs (q1 j - q2 j)) + sum n (fun j => Rabs (p1 j - p2 j))).
Proof.
  intros HD [Hext Hf] Hq e He.
  destruct (HD q Hq) as [d0 [Hd0 HD0]].
  destruct (common_tolerance (fun j d => forall q' p', D q' -> near n q d q' -> near n p d p' ->
      Rabs (fq j q' p' - fq j q p) < e /\ Rabs (fp j q' p' - fp j q p) < e) n) as [d1 [Hd1 H1]].
  - intros j d d' Hd H q' p' HDq Hq' Hp'. apply H; [easy | now apply near_le with d' | now apply near_le with d'].
  - intros j Hj. destruct (Hf q p j Hq Hj) as (_ & Cq & _ & Cp).
    destruct (Cq e He) as [a [Ha Ca]]. destruct (Cp e He) as [b [Hb Cb]].
    exists (Rmin a b). split; [now apply Rmin_pos|]. intros q' p' HDq Hq' Hp'.
    split; [apply Ca | apply Cb]; try easy; (eapply near_le; [|eassumption]); apply Rmin_l || apply Rmin_r.
  - set (d := Rmin d0 d1). assert (Hdm : d <= d0 /\ d <= d1) by (split; [apply Rmin_l | apply Rmin_r]).
    exists d. split; [now apply Rmin_pos|]. intros q1 p1 q2 p2 Hq1 Hp1 Hq2 Hp2.
    assert (HDn : forall m, near n q d m -> D m) by (intros m Hm; apply HD0; now apply near_le with d).
    assert (Sq := staircase n (fun m => f m p1) (fun j m => fq j m p1) (fun j => fq j q p) e d q q1 q2).
    assert (Sp := staircase n (fun m => f q2 m) (fun j m => fp j q2 m) (fun j => fp j q p) e d p p1 p2).
    cbv beta in Sq, Sp.
    assert (Eq : Rabs (f q1 p1 - f q2 p1 - sum n (fun j => fq j q p * (q1 j - q2 j))) <= e * sum n (fun j => Rabs (q1 j - q2 j))).
    { apply Sq; try easy; [intros; apply Hext; auto using agree_refl|]. intros m j Hj Hm. split; [apply Hf; auto|].
      left. apply (H1 j Hj); [now apply HDn | now apply near_le with d | now apply near_le with d]. }
    assert (Ep : Rabs (f q2 p1 - f q2 p2 - sum n (fun j => fp j q p * (p1 j - p2 j))) <= e * sum n (fun j => Rabs (p1 j - p2 j))).
    { apply Sp; try easy; [intros; apply Hext; auto using agree_refl|]. intros m j Hj Hm. split; [apply Hf; auto|].
      left. apply (H1 j Hj); [now apply HDn | now apply near_le with d | now apply near_le with d]. }
    rewrite Rmult_plus_distr_l.
    replace (f q1 p1 - f q2 p2 - _ - _) with
      ((f q1 p1 - f q2 p1 - sum n (fun j => fq j q p * (q1 j - q2 j))) + (f q2 p1 - f q2 p2 - sum n (fun j => fp j q p * (p1 j - p2 j)))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

Theorem strip_strict n T D f ft fq t q : open_set n D -> C1_strip n T D f ft fq -> 0 < t < T -> D q ->
  forall e, 0 < e -> exists d, 0 < d /\ forall t' q', Rabs (t' - t) < d -> near n q d q' ->
    Rabs (f t' q' - f t q - ft t q * (t' - t) - sum n (fun j => fq j t q * (q' j - q j)))
    <= e * (Rabs (t' - t) + sum n (fun j => Rabs (q' j - q j))).
Proof.
  intros HD (Hext & _ & Ct & Cq & Hf) Ht Hq e He.
  destruct (HD q Hq) as [d0 [Hd0 HD0]].
  destruct (Ct t q ltac:(lra) Hq e He) as [d1 [Hd1 H1]].
  destruct (common_tolerance (fun j d => forall t' q', 0 <= t' < T -> Rabs (t' - t) < d -> D q' -> near n q d q' ->
      Rabs (fq j t' q' - fq j t q) < e) n) as [d2 [Hd2 H2]].
  - intros j d d' Hd H t' q' Ht' Htt HDq Hq'. apply H; try easy; [lra | now apply near_le with d'].
  - intros j Hj. apply Cq; auto; lra.
  - set (d := Rmin (Rmin d0 d1) (Rmin d2 (Rmin t (T - t)))).
    assert (Hdm : d <= d0 /\ d <= d1 /\ d <= d2 /\ d <= t /\ d <= T - t).
    { unfold d, Rmin. repeat destruct Rle_dec; lra. }
    exists d. split; [unfold d, Rmin; repeat destruct Rle_dec; lra|]. intros t' q' Ht' Hq'.
    assert (HDn : forall m, near n q d m -> D m) by (intros m Hm; apply HD0; now apply near_le with d).
    assert (Et : Rabs (f t' q - f t q - ft t q * (t' - t)) <= e * Rabs (t' - t)).
    { apply (slope_bound (fun s => f s q) (fun s => ft s q)). intros s Hs.
      assert (Hst : Rabs (s - t) <= Rabs (t' - t)) by (unfold Rmin, Rmax in Hs; destruct Rle_dec in Hs; split_Rabs; lra).
      assert (Hs2 : 0 < s < T) by (split_Rabs; lra).
      split; [now apply Hf|]. left. apply H1; [lra | lra | easy | apply near_self; lra]. }
    assert (Eq : Rabs (f t' q' - f t' q - sum n (fun j => fq j t q * (q' j - q j))) <= e * sum n (fun j => Rabs (q' j - q j))).
    { assert (Ht2 : 0 < t' < T) by (split_Rabs; lra).
      apply (staircase n (fun m => f t' m) (fun j m => fq j t' m) (fun j => fq j t q) e d q q' q); try easy.
      - intros; now apply Hext.
      - intros m j Hj Hm. split; [apply Hf; auto; lra|].
        left. apply (H2 j Hj); [lra | lra | now apply HDn | now apply near_le with d].
      - apply near_self. unfold d, Rmin. repeat destruct Rle_dec; lra. }
    rewrite Rmult_plus_distr_l.
    replace (f t' q' - f t q - _ - _) with
      ((f t' q - f t q - ft t q * (t' - t)) + (f t' q' - f t' q - sum n (fun j => fq j t q * (q' j - q j)))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

(* Limits in terms of tolerances. *)
Lemma continuous_tolerance (f : R -> R) t :
  continuous f t <-> forall e, 0 < e -> exists d, 0 < d /\ forall s, Rabs (s - t) < d -> Rabs (f s - f t) < e.
Proof.
  split.
  - intros H e He. destruct (H (fun y => Rabs (y - f t) < e)) as [d Hd]; [now exists (mkposreal e He)|].
    exists d. split; [apply cond_pos | exact Hd].
  - intros H P [e He]. destruct (H e (cond_pos e)) as [d [Hd Hs]].
    exists (mkposreal d Hd). intros s Hst. apply He, Hs, Hst.
Qed.
Lemma is_derive_zero (h : R -> R) t :
  (forall e, 0 < e -> exists d, 0 < d /\ forall s, Rabs (s - t) < d -> Rabs (h s - h t) <= e * Rabs (s - t)) ->
  is_derive h t 0.
Proof.
  intro H. apply is_derive_Reals. intros e He. destruct (H (e / 2)) as [d [Hd Hs]]; [lra|].
  exists (mkposreal d Hd). intros r Hr Hrd. simpl in Hrd.
  specialize (Hs (t + r)). replace (t + r - t) with r in Hs by ring.
  rewrite Rminus_0_r. unfold Rdiv. rewrite Rabs_mult, Rabs_inv.
  assert (Hp := Rabs_pos_lt r Hr). apply Rmult_lt_reg_r with (Rabs r); [easy|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. specialize (Hs Hrd). nra.
Qed.
Lemma derivative_lipschitz (f : R -> R) t l : is_derive f t l ->
  exists d, 0 < d /\ forall s, Rabs (s - t) < d -> Rabs (f s - f t) <= (Rabs l + 1) * Rabs (s - t).
Proof.
  intro H. apply is_derive_Reals in H. destruct (H 1 Rlt_0_1) as [d Hd].
  exists d. split; [apply cond_pos|]. intros s Hs.
  destruct (Req_dec s t) as [->|Hne]; [rewrite !Rminus_eq_0, Rabs_R0; lra|].
  specialize (Hd (s - t) ltac:(lra) Hs). replace (t + (s - t)) with s in Hd by ring.
  replace (f s - f t) with ((f s - f t) / (s - t) * (s - t)) by (field; lra).
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
  assert (H2 := Rabs_triang ((f s - f t) / (s - t) - l) l).
  replace ((f s - f t) / (s - t) - l + l) with ((f s - f t) / (s - t)) in H2 by ring. lra.
Qed.

(* F near t is linear in functions x j that have derivatives there, up to a small part of their increments. *)
Lemma composite m (F : R -> R) (c : vec) (x : nat -> R -> R) (dx : vec) t :
  (forall j, (j < m)%nat -> is_derive (x j) t (dx j)) ->
  (forall e, 0 < e -> exists d, 0 < d /\ forall s, (forall j, (j < m)%nat -> Rabs (x j s - x j t) < d) ->
     Rabs (F s - F t - sum m (fun j => c j * (x j s - x j t))) <= e * sum m (fun j => Rabs (x j s - x j t))) ->
  is_derive F t (sum m (fun j => c j * dx j)).
Proof.
  intros Hdx HF.
  set (lin := fun s => sum m (fun j => c j * x j s)).
  assert (Hlin : is_derive lin t (sum m (fun j => c j * dx j))).
  { apply (is_derive_sum m (fun j s => c j * x j s) (fun j _ => c j * dx j)).
    intros j Hj. apply (is_derive_scal (x j)). now apply Hdx. }
  assert (Hrest : is_derive (fun s => F s - lin s) t 0).
  { apply is_derive_zero. intros e He.
    set (L := 1 + sum m (fun j => Rabs (dx j) + 1)).
    assert (HL : 0 <= sum m (fun j => Rabs (dx j) + 1)) by (apply sum_ge_0; intros j _; assert (H := Rabs_pos (dx j)); lra).
    assert (HL1 : 0 < L) by (unfold L; lra).
    destruct (HF (e / L)) as [d0 [Hd0 H0]]; [now apply Rdiv_lt_0_compat|].
    destruct (common_tolerance (fun j d => forall s, Rabs (s - t) < d ->
        Rabs (x j s - x j t) <= (Rabs (dx j) + 1) * Rabs (s - t) /\ Rabs (x j s - x j t) < d0) m) as [d1 [Hd1 H1]].
    - intros j d d' Hd H s Hs. apply H. lra.
    - intros j Hj. destruct (derivative_lipschitz _ _ _ (Hdx j Hj)) as [a [Ha La]].
      assert (Hk : 0 < Rabs (dx j) + 1) by (assert (H := Rabs_pos (dx j)); lra).
      exists (Rmin a (d0 / (Rabs (dx j) + 1))). split; [apply Rmin_pos; [easy | now apply Rdiv_lt_0_compat]|].
      intros s Hs. assert (Hs1 := Rlt_le_trans _ _ _ Hs (Rmin_l _ _)). assert (Hs2 := Rlt_le_trans _ _ _ Hs (Rmin_r _ _)).
      split; [now apply La|]. apply Rle_lt_trans with (1 := La s Hs1).
      apply Rmult_lt_compat_l with (1 := Hk) in Hs2. replace (_ * (d0 / _)) with d0 in Hs2 by (field; lra). easy.
    - exists d1. split; [easy|]. intros s Hs.
      assert (H := H0 s (fun j Hj => proj2 (H1 j Hj s Hs))).
      replace (F s - lin s - (F t - lin t)) with (F s - F t - sum m (fun j => c j * (x j s - x j t))).
      + apply Rle_trans with (1 := H). apply Rle_trans with (e / L * (L * Rabs (s - t))); [|right; field; lra].
        apply Rmult_le_compat_l; [left; now apply Rdiv_lt_0_compat|].
        apply Rle_trans with (sum m (fun j => Rabs (dx j) + 1) * Rabs (s - t)).
        * rewrite <- sum_scal_r. apply sum_le. intros j Hj. now apply H1.
        * apply Rmult_le_compat_r; [apply Rabs_pos | unfold L; lra].
      + unfold lin. rewrite (sum_ext m (fun j => c j * (x j s - x j t)) (fun j => c j * x j s - c j * x j t)) by (intros; ring).
        rewrite sum_minus. ring. }
  apply is_derive_ext with (f := fun s => (F s - lin s) + lin s); [intro; simpl; ring|].
  apply is_derive_eq with (1 := is_derive_plus _ _ _ _ _ Hrest Hlin). apply Rplus_0_l.
Qed.

(* x, followed by y *)
Definition followed (n : nat) (x y : vec) : vec := fun i => if Nat.ltb i n then x i else y (i - n)%nat.
Lemma followed_low n x y i : (i < n)%nat -> followed n x y i = x i.
Proof. intro Hi. unfold followed. apply Nat.ltb_lt in Hi. now rewrite Hi. Qed.
Lemma followed_high n x y i : followed n x y (n + i)%nat = y i.
Proof. unfold followed. assert (E : Nat.ltb (n + i) n = false) by (apply Nat.ltb_ge; lia). rewrite E. f_equal. lia. Qed.
Lemma low_or_high n m i : (i < n + m)%nat -> (i < n)%nat \/ exists j, (j < m)%nat /\ i = (n + j)%nat.
Proof. intro Hi. destruct (Nat.lt_ge_cases i n); [now left | right; exists (i - n)%nat; lia]. Qed.
Lemma sum_append n m f : sum (n + m) f = sum n f + sum m (fun j => f (n + j)%nat).
Proof. induction m as [|m IH]; [rewrite Nat.add_0_r; simpl; ring|]. rewrite <- plus_n_Sm. simpl. rewrite IH. ring. Qed.
Lemma sum_followed n m a b (f : R -> R -> R) x y :
  sum (n + m) (fun j => f (followed n a b j) (followed n x y j)) = sum n (fun j => f (a j) (x j)) + sum m (fun j => f (b j) (y j)).
Proof. rewrite sum_append. f_equal; apply sum_ext; intros j Hj; [now rewrite !followed_low | now rewrite !followed_high]. Qed.

Section Two_groups. (* composite, with n functions x j and m functions y j *)
Variables n m : nat.
Variable F : R -> R.
Variables c b dx dy : vec.
Variables x y : R -> vec.
Variable t : R.
Hypothesis Hx : forall j, (j < n)%nat -> is_derive (fun s => x s j) t (dx j).
Hypothesis Hy : forall j, (j < m)%nat -> is_derive (fun s => y s j) t (dy j).
Hypothesis HF : forall e, 0 < e -> exists d, 0 < d /\ forall s, near n (x t) d (x s) -> near m (y t) d (y s) ->
  Rabs (F s - F t - sum n (fun j => c j * (x s j - x t j)) - sum m (fun j => b j * (y s j - y t j)))
  <= e * (sum n (fun j => Rabs (x s j - x t j)) + sum m (fun j => Rabs (y s j - y t j))).

Lemma composite2 : is_derive F t (sum n (fun j => c j * dx j) + sum m (fun j => b j * dy j)).
Proof.
  rewrite <- (sum_followed n m c b Rmult dx dy).
  apply (composite (n + m) F (followed n c b) (fun j s => followed n (x s) (y s) j) (followed n dx dy)).
  - intros j Hj. destruct (low_or_high n m j Hj) as [Hj'|[k [Hk ->]]].
    + rewrite followed_low by easy. apply is_derive_ext with (2 := Hx j Hj'). intro. now rewrite followed_low.
    + rewrite followed_high. apply is_derive_ext with (2 := Hy k Hk). intro. now rewrite followed_high.
  - intros e He. destruct (HF e He) as [d [Hd H]]. exists d. split; [easy|]. intros s Hs.
    assert (E : Rabs (F s - F t - sum n (fun j => c j * (x s j - x t j)) - sum m (fun j => b j * (y s j - y t j)))
                <= e * (sum n (fun j => Rabs (x s j - x t j)) + sum m (fun j => Rabs (y s j - y t j)))).
    { apply H; intros j Hj.
      - specialize (Hs j ltac:(lia)). now rewrite !followed_low in Hs.
      - specialize (Hs (n + j)%nat ltac:(lia)). now rewrite !followed_high in Hs. }
    rewrite !sum_append.
    rewrite (sum_ext n (fun j => followed n c b j * _) (fun j => c j * (x s j - x t j))) by (intros; now rewrite !followed_low).
    rewrite (sum_ext m _ (fun j => b j * (y s j - y t j))) by (intros; now rewrite !followed_high).
    rewrite (sum_ext n (fun j => Rabs _) (fun j => Rabs (x s j - x t j))) by (intros; now rewrite !followed_low).
    rewrite (sum_ext m (fun j => Rabs _) (fun j => Rabs (y s j - y t j))) by (intros; now rewrite !followed_high).
    replace (F s - F t - (sum n (fun j => c j * (x s j - x t j)) + sum m (fun j => b j * (y s j - y t j))))
      with (F s - F t - sum n (fun j => c j * (x s j - x t j)) - sum m (fun j => b j * (y s j - y t j))) by ring. easy.
Qed.
End Two_groups.

Theorem chain_rule n T D f ft fq (x : R -> vec) (dx : vec) t :
  open_set n D -> C1_strip n T D f ft fq -> 0 < t < T -> D (x t) ->
  (forall j, (j < n)%nat -> is_derive (fun s => x s j) t (dx j)) ->
  is_derive (fun s => f s (x s)) t (ft t (x t) + sum n (fun j => fq j t (x t) * dx j)).
Proof.
  intros HD Hf Ht Hx Hdx.
  apply is_derive_eq with (sum n (fun j => fq j t (x t) * dx j) + sum 1 (fun _ => ft t (x t) * 1)); [|simpl; ring].
  apply (composite2 n 1 (fun s => f s (x s)) (fun j => fq j t (x t)) (fun _ => ft t (x t)) dx (fun _ => 1) x (fun s _ => s));
    [easy | intros; apply @is_derive_id|].
  intros e He. destruct (strip_strict n T D f ft fq t (x t) HD Hf Ht Hx e He) as [d [Hd H]].
  exists d. split; [easy|]. intros s Hs Hst. specialize (H s (x s) (Hst 0%nat ltac:(lia)) Hs). simpl.
  rewrite !Rplus_0_l. rewrite (Rplus_comm _ (Rabs (s - t))).
  replace (f s (x s) - f t (x t) - sum n (fun j => fq j t (x t) * (x s j - x t j)) - ft t (x t) * (s - t))
    with (f s (x s) - f t (x t) - ft t (x t) * (s - t) - sum n (fun j => fq j t (x t) * (x s j - x t j))) by ring. easy.
Qed.

Theorem C1_chain_rule n D f fq fp (x y : R -> vec) (dx dy : vec) t :
  open_set n D -> C1 n D f fq fp -> D (x t) ->
  (forall j, (j < n)%nat -> is_derive (fun s => x s j) t (dx j)) -> (forall j, (j < n)%nat -> is_derive (fun s => y s j) t (dy j)) ->
  is_derive (fun s => f (x s) (y s)) t
    (sum n (fun j => fq j (x t) (y t) * dx j) + sum n (fun j => fp j (x t) (y t) * dy j)).
Proof.
  intros HD Hf Hx Hdx Hdy.
  apply (composite2 n n (fun s => f (x s) (y s)) (fun j => fq j (x t) (y t)) (fun j => fp j (x t) (y t)) dx dy x y); try easy.
  intros e He. destruct (C1_strict n D f fq fp (x t) (y t) HD Hf Hx e He) as [d [Hd H]].
  exists d. split; [easy|]. intros s Hs Hs'. apply H; try easy; now apply near_self.
Qed.
