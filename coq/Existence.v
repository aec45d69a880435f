(* Solutions of x' = f(t, x) exist.

   picard: if f is Lipschitz in x, continuous in t and bounded at x0, there is a solution for all times with x(0) = x0.
   linear_exists: so x' = K(t) x has solutions.
   exists_in_box: if f is bounded and Lipschitz on a box only, there is a solution on [0, T] in the box, as soon as no
   solution can be the first to leave its interior before T. That is what a step of a certificate shows.

   Picard's iterates X_k differ by at most c 2^-k exp(a |t|), with a twice the Lipschitz constant. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Linear Smooth.
Open Scope R_scope.

(* |g'| <= c a exp(a |s|) and g(0) = 0 imply |g| <= c exp(a |t|). *)
Lemma grow_forward (g dg : R -> R) (a c : R) : 0 <= c ->
  (forall s, is_derive g s (dg s)) -> (forall s, 0 <= s -> Rabs (dg s) <= c * (a * exp (a * s))) -> g 0 = 0 ->
  forall t, 0 <= t -> Rabs (g t) <= c * exp (a * t).
Proof.
  intros Hc Hg Hb H0 t Ht.
  assert (Hsign : forall m, m * m = 1 -> m * g t <= c * exp (a * t)).
  { intros m Hm.
    assert (He : forall s, is_derive (fun s => c * exp (a * s)) s (c * (a * exp (a * s)))) by (intro; auto_derive; [easy | ring]).
    assert (Hw : forall s, is_derive (fun s => c * exp (a * s) - m * g s) s (c * (a * exp (a * s)) - m * dg s)).
    { intro s. apply (is_derive_minus (fun s => c * exp (a * s)) (fun s => m * g s)); [easy|]. now apply (is_derive_scal g). }
    assert (H := increasing (fun s => c * exp (a * s) - m * g s) (fun s => c * (a * exp (a * s)) - m * dg s) 0 t Ht).
    cbv beta in H. rewrite H0, Rmult_0_r, exp_0 in H.
    assert (0 <= c * exp (a * t) - m * g t); [|lra]. apply Rle_trans with (c * 1 - m * 0); [lra|]. apply H.
    - intros s Hs. split; [easy|]. specialize (Hb s ltac:(lra)).
      assert (Hmm : m = 1 \/ m = -1) by (assert (E : (m - 1) * (m + 1) = 0) by lra; apply Rmult_integral in E; lra).
      destruct Hmm as [-> | ->]; split_Rabs; lra.
    - intros s Hs. apply (ex_derive_continuous (fun s => c * exp (a * s) - m * g s)). eexists. apply Hw. }
  assert (H1 := Hsign 1 ltac:(ring)). assert (H2 := Hsign (-1) ltac:(ring)). apply Rabs_le. lra.
Qed.
Lemma grow (g dg : R -> R) (a c : R) : 0 <= c ->
  (forall s, is_derive g s (dg s)) -> (forall s, Rabs (dg s) <= c * (a * exp (a * Rabs s))) -> g 0 = 0 ->
  forall t, Rabs (g t) <= c * exp (a * Rabs t).
Proof.
  intros Hc Hg Hb H0 t. destruct (Rle_or_lt 0 t) as [Ht|Ht].
  - rewrite (Rabs_pos_eq t) by easy. apply (grow_forward g dg a c); try easy.
    intros s Hs. specialize (Hb s). now rewrite (Rabs_pos_eq s) in Hb.
  - rewrite (Rabs_left t) by easy. replace (g t) with (g (- - t)) by (f_equal; ring).
    apply (grow_forward (fun s => g (- s)) (fun s => - dg (- s)) a c); try easy; try lra.
    + intro s. apply is_derive_eq with (-1 * dg (- s)); [|ring].
      apply (is_derive_comp g (fun s => - s)); [easy|]. auto_derive; [easy | ring].
    + intros s Hs. rewrite Rabs_Ropp. specialize (Hb (- s)). now rewrite Rabs_Ropp, (Rabs_pos_eq s) in Hb.
    + now rewrite Ropp_0.
Qed.

Section Picard.
Variable n : nat.
Variable f : nat -> R -> vec -> R.
Variables L F : R.
Variable x0 : vec.
Hypothesis L_positive : 0 < L.
Hypothesis f_lipschitz : forall i t x y, (i < n)%nat -> Rabs (f i t x - f i t y) <= L * sum n (fun j => Rabs (x j - y j)).
Hypothesis f_in_time : forall i t x, (i < n)%nat -> continuous (fun s => f i s x) t.
Hypothesis f_bounded : forall i t, (i < n)%nat -> Rabs (f i t x0) <= F.
Hypothesis n_positive : (0 < n)%nat.

Lemma f_continuous (x : R -> vec) i t : (i < n)%nat -> (forall j, (j < n)%nat -> continuous (fun s => x s j) t) ->
  continuous (fun s => f i s (x s)) t.
Proof.
  intros Hi Hx. apply continuous_tolerance. intros e He.
  destruct (proj1 (continuous_tolerance _ t) (f_in_time i t (x t) Hi) (e / 4)) as [d' [Hd' H']]; [lra|].
  assert (Hn : 0 < INR n) by now apply lt_0_INR.
  destruct (common_tolerance (fun j d => forall s, Rabs (s - t) < d -> Rabs (x s j - x t j) < e / (4 * (L * INR n))) n) as [d [Hd H]].
  - intros j d d1 Hd H s Hs. apply H. lra.
  - intros j Hj. apply (proj1 (continuous_tolerance _ t) (Hx j Hj)). apply Rdiv_lt_0_compat; [easy|].
    assert (0 < L * INR n) by now apply Rmult_lt_0_compat. lra.
  - exists (Rmin d d'). assert (Hm := conj (Rmin_l d d') (Rmin_r d d')). split; [now apply Rmin_pos|]. intros s Hs.
    assert (E1 := f_lipschitz i s (x s) (x t) Hi). assert (E2 := H' s ltac:(lra)).
    assert (E3 : L * sum n (fun j => Rabs (x s j - x t j)) <= L * (INR n * (e / (4 * (L * INR n))))).
    { apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const. apply sum_le. intros j Hj. left. apply H; [easy | lra]. }
    replace (L * (INR n * (e / (4 * (L * INR n))))) with (e / 4) in E3 by (field; lra). split_Rabs; lra.
Qed.

Definition integral (x : R -> vec) : R -> vec := fun t i => x0 i + RInt (fun s => f i s (x s)) 0 t.
Lemma integral_derivative x i t : (i < n)%nat -> (forall s j, (j < n)%nat -> continuous (fun s => x s j) s) ->
  is_derive (fun s => integral x s i) t (f i t (x t)).
Proof.
  intros Hi Hx. apply is_derive_eq with (0 + f i t (x t)); [|ring].
  assert (Hc : forall s, continuous (fun s => f i s (x s)) s) by (intro; apply f_continuous; auto).
  apply (is_derive_plus (fun _ => x0 i) (fun s => RInt (fun s => f i s (x s)) 0 s)); [apply @is_derive_const|].
  apply (is_derive_RInt (fun s => f i s (x s)) (fun s => RInt (fun s => f i s (x s)) 0 s) 0); [|easy].
  apply filter_forall. intro s.
  exact (RInt_correct (V := R_CompleteNormedModule) (fun s => f i s (x s)) 0 s
           (ex_RInt_continuous (V := R_CompleteNormedModule) (fun s => f i s (x s)) 0 s (fun z _ => Hc z))).
Qed.
Lemma integral_0 x i : integral x 0 i = x0 i.
Proof. unfold integral. rewrite (RInt_point (V := R_CompleteNormedModule)). apply Rplus_0_r. Qed.

Fixpoint iterate (k : nat) : R -> vec := match k with O => fun _ => x0 | S l => integral (iterate l) end.

Lemma iterate_continuous k i t : (i < n)%nat -> continuous (fun s => iterate k s i) t.
Proof.
  revert i t. induction k as [|k IH]; intros i t Hi; simpl; [apply continuous_const|].
  apply (ex_derive_continuous (fun s => integral (iterate k) s i)). eexists. apply integral_derivative; [easy|]. intros. now apply IH.
Qed.
Lemma iterate_derivative k i t : (i < n)%nat -> is_derive (fun s => iterate (S k) s i) t (f i t (iterate k t)).
Proof. intro Hi. apply integral_derivative; [easy|]. intros. now apply iterate_continuous. Qed.
Lemma iterate_0 k i : iterate k 0 i = x0 i.
Proof. destruct k; [easy | apply integral_0]. Qed.

Let a := 2 * (INR n * L).
Let c := F / a.

Lemma a_positive : 0 < a.
Proof. unfold a. assert (0 < INR n) by now apply lt_0_INR. assert (0 < INR n * L) by now apply Rmult_lt_0_compat. lra. Qed.
Lemma F_positive : 0 <= F.
Proof. apply Rle_trans with (2 := f_bounded 0%nat 0 n_positive). apply Rabs_pos. Qed.
Lemma c_positive : 0 <= c.
Proof. apply Rdiv_le_0_compat; [exact F_positive | exact a_positive]. Qed.

Lemma difference_derivative k l i t : (i < n)%nat ->
  is_derive (fun s => iterate (S k) s i - iterate (S l) s i) t (f i t (iterate k t) - f i t (iterate l t)).
Proof.
  intro Hi. apply (is_derive_minus (fun s => iterate (S k) s i) (fun s => iterate (S l) s i)); now apply iterate_derivative.
Qed.

Lemma half k : (/ 2) ^ k = / 2 ^ k.
Proof. rewrite <- Rinv_pow; [easy | lra]. Qed.

Lemma iterates_close k i t : (i < n)%nat -> Rabs (iterate (S k) t i - iterate k t i) <= c * / 2 ^ k * exp (a * Rabs t).
Proof.
  assert (Ha := a_positive). assert (Hcp := c_positive). assert (HF := F_positive).
  revert i t. induction k as [|k IH]; intros i t Hi.
  - simpl pow. rewrite Rinv_1, Rmult_1_r.
    apply (grow (fun s => iterate 1 s i - iterate 0 s i) (fun s => f i s (iterate 0 s)) a c); [easy | | |].
    + intro s. apply is_derive_eq with (f i s (iterate 0 s) - 0); [|ring].
      apply (is_derive_minus (fun s => iterate 1 s i) (fun _ => x0 i)); [now apply iterate_derivative | apply @is_derive_const].
    + intro s. apply Rle_trans with (F * 1); [rewrite Rmult_1_r; now apply f_bounded|].
      replace (c * (a * exp (a * Rabs s))) with (F * exp (a * Rabs s)) by (unfold c; field; lra).
      apply Rmult_le_compat_l; [easy|]. assert (E := exp_ineq1_le (a * Rabs s)).
      assert (0 <= a * Rabs s) by (apply Rmult_le_pos; [lra | apply Rabs_pos]). lra.
    + rewrite !iterate_0. ring.
  - assert (H2 : 0 < / 2 ^ S k) by (apply Rinv_0_lt_compat, pow_lt; lra).
    apply (grow (fun s => iterate (S (S k)) s i - iterate (S k) s i) (fun s => f i s (iterate (S k) s) - f i s (iterate k s)) a (c * / 2 ^ S k)).
    + apply Rmult_le_pos; lra.
    + intro s. now apply difference_derivative.
    + intro s. apply Rle_trans with (1 := f_lipschitz i _ _ _ Hi).
      apply Rle_trans with (L * (INR n * (c * / 2 ^ k * exp (a * Rabs s)))).
      * apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const. apply sum_le. intros j Hj. now apply IH.
      * right. unfold a. simpl pow. field. apply pow_nonzero. lra.
    + rewrite !iterate_0. ring.
Qed.

(* The iterates converge, at least like 2^-k. *)
Definition limit (t : R) : vec := fun i => real (Lim_seq (fun k => iterate k t i)).

Lemma iterates_cauchy k m i t : (i < n)%nat ->
  Rabs (iterate (k + m) t i - iterate k t i) <= 2 * c * / 2 ^ k * exp (a * Rabs t).
Proof.
  intro Hi. set (b := c * exp (a * Rabs t)).
  assert (Hb : 0 <= b) by (apply Rmult_le_pos; [exact c_positive | left; apply exp_pos]).
  assert (H : Rabs (iterate (k + m) t i - iterate k t i) <= 2 * b * (/ 2 ^ k - / 2 ^ (k + m))).
  { induction m as [|m IH].
    - rewrite Nat.add_0_r, !Rminus_eq_0, Rabs_R0. lra.
    - rewrite <- plus_n_Sm. assert (E := iterates_close (k + m) i t Hi).
      replace (c * / 2 ^ (k + m) * exp (a * Rabs t)) with (b * / 2 ^ (k + m)) in E by (unfold b; ring).
      replace (/ 2 ^ S (k + m)) with (/ 2 * / 2 ^ (k + m)) by (simpl; field; apply pow_nonzero; lra).
      replace (iterate (S (k + m)) t i - iterate k t i) with
        ((iterate (S (k + m)) t i - iterate (k + m) t i) + (iterate (k + m) t i - iterate k t i)) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). lra. }
  apply Rle_trans with (1 := H). replace (2 * c * / 2 ^ k * exp (a * Rabs t)) with (2 * b * / 2 ^ k) by (unfold b; ring).
  assert (0 < / 2 ^ (k + m)) by (apply Rinv_0_lt_compat, pow_lt; lra). apply Rmult_le_compat_l; lra.
Qed.

Lemma small_power e : 0 < e -> exists k, / 2 ^ k < e.
Proof.
  intro He. destruct (pow_lt_1_zero (/ 2) ltac:(rewrite Rabs_pos_eq; lra) e He) as [k Hk].
  exists k. specialize (Hk k (le_n k)). rewrite Rabs_pos_eq in Hk by (apply pow_le; lra). now rewrite half in Hk.
Qed.

Lemma limit_close k i t : (i < n)%nat -> Rabs (iterate k t i - limit t i) <= 2 * c * / 2 ^ k * exp (a * Rabs t).
Proof.
  intro Hi. set (b := 2 * c * exp (a * Rabs t)).
  assert (Hb : 0 <= b) by (apply Rmult_le_pos; [|left; apply exp_pos]; assert (H := c_positive); lra).
  assert (Hcv : ex_finite_lim_seq (fun k => iterate k t i)).
  { apply ex_lim_seq_cauchy_corr. intro e. destruct (small_power (e / (2 * (b + 1)))) as [N HN].
    { apply Rdiv_lt_0_compat; [apply cond_pos | lra]. }
    assert (HNe : 2 * (b * / 2 ^ N) < e).
    { apply Rle_lt_trans with (2 * ((b + 1) * / 2 ^ N)).
      - assert (0 < / 2 ^ N) by (apply Rinv_0_lt_compat, pow_lt; lra). lra.
      - apply Rmult_lt_compat_l with (r := 2 * (b + 1)) in HN; [|lra].
        replace (2 * (b + 1) * (e / (2 * (b + 1)))) with (pos e) in HN by (field; lra). lra. }
    exists N. intros p q Hp Hq.
    assert (E1 := iterates_cauchy N (p - N) i t Hi). assert (E2 := iterates_cauchy N (q - N) i t Hi).
    replace (N + (p - N))%nat with p in E1 by lia. replace (N + (q - N))%nat with q in E2 by lia.
    replace (2 * c * / 2 ^ N * exp (a * Rabs t)) with (b * / 2 ^ N) in E1, E2 by (unfold b; ring).
    apply Rle_lt_trans with (2 := HNe). split_Rabs; lra. }
  apply Lim_seq_correct' in Hcv. fold (limit t i) in Hcv.
  replace (2 * c * / 2 ^ k * exp (a * Rabs t)) with (b * / 2 ^ k) by (unfold b; ring).
  apply le_epsilon. intros e He. apply is_lim_seq_spec in Hcv. destruct (Hcv (mkposreal e He)) as [N HN]. simpl in HN.
  specialize (HN (k + N)%nat ltac:(lia)). assert (E := iterates_cauchy k N i t Hi).
  replace (2 * c * / 2 ^ k * exp (a * Rabs t)) with (b * / 2 ^ k) in E by (unfold b; ring). split_Rabs; lra.
Qed.

(* A number that the iterates approach as fast is the limit. *)
Lemma limit_unique i t y b : (i < n)%nat -> (forall k, Rabs (iterate (S k) t i - y) <= b * / 2 ^ k) -> y = limit t i.
Proof.
  intros Hi H. apply cond_eq. intros e He.
  set (d := 2 * c * exp (a * Rabs t)).
  assert (Hd : 0 <= d) by (apply Rmult_le_pos; [|left; apply exp_pos]; assert (E := c_positive); lra).
  assert (Hb : 0 <= b).
  { specialize (H 0%nat). simpl in H. rewrite Rinv_1, Rmult_1_r in H. apply Rle_trans with (2 := H). apply Rabs_pos. }
  destruct (small_power (e / (b + d + 1))) as [k Hk]; [apply Rdiv_lt_0_compat; lra|].
  specialize (H k). assert (E := limit_close (S k) i t Hi).
  assert (Hp : 0 < / 2 ^ k) by (apply Rinv_0_lt_compat, pow_lt; lra).
  replace (2 * c * / 2 ^ S k * exp (a * Rabs t)) with (d * (/ 2 * / 2 ^ k)) in E
    by (unfold d; simpl; field; apply pow_nonzero; lra).
  assert (d * (/ 2 * / 2 ^ k) <= d * / 2 ^ k) by (apply Rmult_le_compat_l; lra).
  apply Rmult_lt_compat_l with (r := b + d + 1) in Hk; [|lra].
  replace ((b + d + 1) * (e / (b + d + 1))) with e in Hk by (field; lra). split_Rabs; lra.
Qed.

Lemma limit_continuous i t : (i < n)%nat -> continuous (fun s => limit s i) t.
Proof.
  intro Hi. apply continuous_tolerance. intros e He. assert (Hc := c_positive). assert (Ha := a_positive).
  set (d := 2 * c * exp (a * (Rabs t + 1))).
  assert (Hd : 0 <= d) by (apply Rmult_le_pos; [lra | left; apply exp_pos]).
  assert (K : forall k s, Rabs (s - t) < 1 -> Rabs (iterate k s i - limit s i) <= d * / 2 ^ k).
  { intros k s Hs. apply Rle_trans with (1 := limit_close k i s Hi). replace (d * / 2 ^ k) with (2 * c * / 2 ^ k * exp (a * (Rabs t + 1))) by (unfold d; ring).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat, pow_lt; lra]|].
    assert (Hle : a * Rabs s <= a * (Rabs t + 1)) by (apply Rmult_le_compat_l; [lra | split_Rabs; lra]).
    destruct (Rle_lt_or_eq_dec _ _ Hle) as [H|E]; [left; now apply exp_increasing | rewrite E; lra]. }
  destruct (small_power (e / (4 * (d + 1)))) as [k Hk]; [apply Rdiv_lt_0_compat; lra|].
  assert (Hke : d * / 2 ^ k <= e / 4).
  { assert (0 < / 2 ^ k) by (apply Rinv_0_lt_compat, pow_lt; lra).
    apply Rmult_lt_compat_l with (r := d + 1) in Hk; [|lra]. replace ((d + 1) * (e / (4 * (d + 1)))) with (e / 4) in Hk by (field; lra). lra. }
  destruct (proj1 (continuous_tolerance _ t) (iterate_continuous k i t Hi) (e / 4)) as [r [Hr H]]; [lra|].
  exists (Rmin r 1). assert (Hm := conj (Rmin_l r 1) (Rmin_r r 1)). split; [apply Rmin_pos; lra|]. intros s Hs.
  assert (E1 := K k s ltac:(lra)). assert (E2 := K k t ltac:(rewrite Rminus_eq_0, Rabs_R0; lra)). assert (E3 := H s ltac:(lra)).
  split_Rabs; lra.
Qed.

Theorem picard : exists x : R -> vec, (forall i, (i < n)%nat -> x 0 i = x0 i) /\
  forall t i, (i < n)%nat -> is_derive (fun s => x s i) t (f i t (x t)).
Proof.
  assert (Hfix : forall t i, (i < n)%nat -> integral limit t i = limit t i).
  { intros t i Hi. apply limit_unique with (b := c * exp (a * Rabs t)); [easy|]. intro k.
    replace (c * exp (a * Rabs t) * / 2 ^ k) with (c * / 2 ^ k * exp (a * Rabs t)) by ring.
    assert (Hp : 0 < / 2 ^ k) by (apply Rinv_0_lt_compat, pow_lt; lra).
    apply (grow (fun s => iterate (S k) s i - integral limit s i) (fun s => f i s (iterate k s) - f i s (limit s)) a (c * / 2 ^ k)).
    - apply Rmult_le_pos; [exact c_positive | lra].
    - intro s. apply (is_derive_minus (fun s => iterate (S k) s i) (fun s => integral limit s i)); [now apply iterate_derivative|].
      apply integral_derivative; [easy|]. intros. now apply limit_continuous.
    - intro s. apply Rle_trans with (1 := f_lipschitz i _ _ _ Hi).
      apply Rle_trans with (L * (INR n * (2 * c * / 2 ^ k * exp (a * Rabs s)))).
      + apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const. apply sum_le. intros j Hj. now apply limit_close.
      + right. unfold a. ring.
    - rewrite iterate_0, integral_0. ring. }
  exists limit. split.
  - intros i Hi. rewrite <- Hfix by easy. apply integral_0.
  - intros t i Hi. apply is_derive_ext with (fun s => integral limit s i); [intro; now apply Hfix|].
    apply integral_derivative; [easy|]. intros. now apply limit_continuous.
Qed.
End Picard.
Print Assumptions picard.

(* ---- Linear equations ---- *)

Theorem linear_exists (n : nat) (K : R -> mat) (T : R) (z0 : vec) : (0 < n)%nat -> 0 <= T -> continuous_on_segment n T K ->
  exists z, (forall i, (i < n)%nat -> z 0 i = z0 i) /\
    forall t i, 0 <= t <= T -> (i < n)%nat -> is_derive (fun s => z s i) t (apply n (K t) (z t) i).
Proof.
  intros Hn HT HK. destruct (bounded_matrix n T K HK) as [k [Hk Hb]].
  set (r := fun t => Rmax 0 (Rmin t T)).
  assert (Hr : forall t, 0 <= r t <= T) by (intro t; unfold r, Rmax, Rmin; repeat destruct Rle_dec; lra).
  assert (Cr : forall t, continuous r t).
  { intro t. apply continuous_tolerance. intros e He. exists e. split; [easy|]. intros s Hs.
    unfold r, Rmax, Rmin. repeat destruct Rle_dec; split_Rabs; lra. }
  destruct (picard n (fun i t x => apply n (K (r t)) x i) (k + 1) ((k + 1) * sum n (fun j => Rabs (z0 j))) z0) as [z [H0 Hz]]; try easy; try lra.
  - intros i t x y Hi. unfold apply. rewrite <- sum_minus. apply Rle_trans with (1 := sum_Rabs _ _). rewrite <- sum_scal. apply sum_le. intros j Hj.
    replace (_ - _) with (K (r t) i j * (x j - y j)) by ring. rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
    apply Rle_trans with k; [now apply Hb | lra].
  - intros i t x Hi. apply (continuous_apply n (fun s => K (r s)) (fun _ => x)); intros j Hj; [|apply continuous_const].
    apply (continuous_comp r (fun s => K s i j)); [apply Cr | now apply HK].
  - intros i t Hi. unfold apply. apply Rle_trans with (1 := sum_Rabs _ _). rewrite <- sum_scal. apply sum_le. intros j Hj.
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rle_trans with k; [now apply Hb | lra].
  - exists z. split; [exact H0|]. intros t i Ht Hi. apply is_derive_eq with (1 := Hz t i Hi).
    f_equal. f_equal. unfold r. rewrite Rmin_left, Rmax_right; lra.
Qed.
Print Assumptions linear_exists.

(* ---- A field on a box ---- *)

Definition in_box (n : nat) (lo hi x : vec) : Prop := forall i, (i < n)%nat -> lo i <= x i <= hi i.
Definition clamp (lo hi x : vec) : vec := fun i => Rmax (lo i) (Rmin (x i) (hi i)).

Lemma clamp_close l h a b : Rabs (Rmax l (Rmin a h) - Rmax l (Rmin b h)) <= Rabs (a - b).
Proof. unfold Rmax, Rmin. repeat destruct Rle_dec; split_Rabs; lra. Qed.
Lemma clamp_inside l h a : l <= a <= h -> Rmax l (Rmin a h) = a.
Proof. intro H. rewrite Rmin_left, Rmax_right; lra. Qed.
Lemma clamp_in_box l h a : l <= h -> l <= Rmax l (Rmin a h) <= h.
Proof. intro H. unfold Rmax, Rmin. repeat destruct Rle_dec; lra. Qed.

Section Box.
Variable n : nat.
Hypothesis n_positive : (0 < n)%nat.
Variable f : nat -> vec -> R.
Variables lo hi x0 : vec.
Variables L F T : R.
Hypothesis L_positive : 0 < L.
Hypothesis f_lipschitz : forall i x y, (i < n)%nat -> in_box n lo hi x -> in_box n lo hi y ->
  Rabs (f i x - f i y) <= L * sum n (fun j => Rabs (x j - y j)).
Hypothesis f_bounded : forall i x, (i < n)%nat -> in_box n lo hi x -> Rabs (f i x) <= F.
Hypothesis start : in_box n lo hi x0.

(* x solves x' = f(x) on [0, t], from x0 and in the box *)
Definition solves_in_box (t : R) (x : R -> vec) : Prop :=
  (forall i, (i < n)%nat -> x 0 i = x0 i) /\
  forall s, 0 <= s <= t -> in_box n lo hi (x s) /\ forall i, (i < n)%nat -> is_derive (fun r => x r i) s (f i (x s)).

Hypothesis no_exit : forall t x, 0 <= t <= T -> solves_in_box t x -> forall i, (i < n)%nat -> lo i < x t i < hi i.

Theorem exists_in_box : exists x, solves_in_box T x.
Proof.
  assert (Hclamp : forall x, in_box n lo hi (clamp lo hi x)).
  { intros x i Hi. apply clamp_in_box. specialize (start i Hi). lra. }
  destruct (picard n (fun i _ x => f i (clamp lo hi x)) L F x0 L_positive) as [x [Hx0 Hx]]; [| | |easy|].
  { intros i _ x y Hi. apply Rle_trans with (1 := f_lipschitz i _ _ Hi (Hclamp x) (Hclamp y)).
    apply Rmult_le_compat_l; [lra|]. apply sum_le. intros j _. apply clamp_close. }
  { intros i t x Hi. apply continuous_const. }
  { intros i _ Hi. now apply f_bounded. }
  assert (Hc : forall i t, (i < n)%nat -> continuous (fun s => x s i) t).
  { intros i t Hi. apply (ex_derive_continuous (fun s => x s i)). eexists. exact (Hx t i Hi). }
  (* in the box it solves the equation itself *)
  assert (Hin : forall s i, in_box n lo hi (x s) -> (i < n)%nat -> is_derive (fun r => x r i) s (f i (x s))).
  { intros s i Hs Hi. apply is_derive_eq with (1 := Hx s i Hi).
    assert (E := f_lipschitz i _ _ Hi (Hclamp (x s)) Hs).
    rewrite (sum_zero n) in E; [split_Rabs; lra|].
    intros j Hj. unfold clamp. rewrite clamp_inside, Rminus_eq_0 by now apply Hs. apply Rabs_R0. }
  assert (Hall : forall t, 0 <= t <= T -> forall i, (i < n)%nat -> lo i < x t i < hi i).
  { apply (segment_induction (fun t => forall i, (i < n)%nat -> lo i < x t i < hi i)). intros t Ht below.
    assert (Hbox : in_box n lo hi (x t)).
    { intros i Hi. destruct (Req_dec t 0) as [->|Hne]; [rewrite Hx0 by easy; now apply start|].
      assert (Hlim : forall e, 0 < e -> exists s, 0 <= s < t /\ Rabs (x s i - x t i) < e).
      { intros e He. destruct (proj1 (continuous_tolerance _ t) (Hc i t Hi) e He) as [d [Hd Hs]].
        exists (Rmax 0 (t - d / 2)).
        assert (Hb : 0 <= Rmax 0 (t - d / 2) < t /\ t - Rmax 0 (t - d / 2) <= d / 2) by (unfold Rmax; destruct Rle_dec; lra).
        split; [lra|]. apply Hs. rewrite Rabs_minus_sym, Rabs_pos_eq; lra. }
      split; apply le_epsilon; intros e He; destruct (Hlim e He) as [s [Hs Hse]];
        specialize (below s Hs i Hi); split_Rabs; lra. }
    assert (Hopen : forall i, (i < n)%nat -> lo i < x t i < hi i).
    { apply (no_exit t x Ht). split; [easy|]. intros s Hs.
      assert (Hsb : in_box n lo hi (x s)).
      { destruct (Req_dec s t) as [->|Hne]; [easy|]. intros i Hi. specialize (below s ltac:(lra) i Hi). lra. }
      split; [easy|]. intros i Hi. now apply Hin. }
    destruct (common_tolerance (fun i d => forall s, Rabs (s - t) < d -> lo i < x s i < hi i) n) as [d [Hd Hs]].
    - intros i d d' Hd H s Hs. apply H. lra.
    - intros i Hi. specialize (Hopen i Hi).
      destruct (proj1 (continuous_tolerance _ t) (Hc i t Hi) (Rmin (x t i - lo i) (hi i - x t i))) as [d [Hd Hs]].
      { apply Rmin_pos; lra. }
      exists d. split; [easy|]. intros s Hst. specialize (Hs s Hst).
      assert (Hm := conj (Rmin_l (x t i - lo i) (hi i - x t i)) (Rmin_r (x t i - lo i) (hi i - x t i))). split_Rabs; lra.
    - exists d. split; [easy|]. intros s _ Hst i Hi. now apply Hs. }
  exists x. split; [easy|]. intros s Hs.
  assert (Hsb : in_box n lo hi (x s)) by (intros i Hi; specialize (Hall s Hs i Hi); lra).
  split; [easy|]. intros i Hi. now apply Hin.
Qed.
End Box.
Print Assumptions exists_in_box.
