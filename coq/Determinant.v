(* In one and two coordinates a matrix is singular if and only if its determinant is 0: a focal time is a zero of det Q(t). *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Vector Matrix.
Open Scope R_scope.

Theorem singular_1 (A : mat) : singular 1 A <-> A 0%nat 0%nat = 0.
Proof.
  split.
  - intros [x [[i [Hi Hx]] H]]. replace i with 0%nat in Hx by lia. specialize (H 0%nat ltac:(lia)).
    unfold apply in H. simpl in H. rewrite Rplus_0_l in H. apply Rmult_integral in H. lra.
  - intro E. exists (fun _ => 1). split; [exists 0%nat; split; [lia | lra]|].
    intros i Hi. replace i with 0%nat by lia. unfold apply. simpl. rewrite E. ring.
Qed.

Definition det2 (A : mat) : R := A 0%nat 0%nat * A 1%nat 1%nat - A 0%nat 1%nat * A 1%nat 0%nat.

Theorem singular_2 (A : mat) : singular 2 A <-> det2 A = 0.
Proof.
  unfold det2. split.
  - intros [x [[i [Hi Hx]] H]].
    assert (H0 := H 0%nat ltac:(lia)). assert (H1 := H 1%nat ltac:(lia)). unfold apply in H0, H1. simpl in H0, H1.
    set (d := A 0%nat 0%nat * A 1%nat 1%nat - A 0%nat 1%nat * A 1%nat 0%nat).
    (* Cramer: d x = 0 *)
    assert (D0 : d * x 0%nat = A 1%nat 1%nat * (0 + A 0%nat 0%nat * x 0%nat + A 0%nat 1%nat * x 1%nat)
                              - A 0%nat 1%nat * (0 + A 1%nat 0%nat * x 0%nat + A 1%nat 1%nat * x 1%nat)) by (unfold d; ring).
    assert (D1 : d * x 1%nat = A 0%nat 0%nat * (0 + A 1%nat 0%nat * x 0%nat + A 1%nat 1%nat * x 1%nat)
                              - A 1%nat 0%nat * (0 + A 0%nat 0%nat * x 0%nat + A 0%nat 1%nat * x 1%nat)) by (unfold d; ring).
    rewrite H0, H1 in D0, D1. apply Rmult_eq_reg_r with (x i); [|easy].
    destruct i as [|[|i]]; [lra | lra | lia].
  - intro E. assert (K : forall a b, a <> 0 \/ b <> 0 ->
      A 0%nat 0%nat * a + A 0%nat 1%nat * b = 0 -> A 1%nat 0%nat * a + A 1%nat 1%nat * b = 0 -> singular 2 A).
    { intros a b Hab E0 E1. exists (fun k => match k with O => a | _ => b end). split.
      - destruct Hab as [Ha|Hb]; [exists 0%nat | exists 1%nat]; split; try lia; easy.
      - intros [|[|i]] Hi; [| |lia]; unfold apply; simpl; lra. }
    destruct (Req_dec (A 0%nat 0%nat) 0) as [Z0|N0]; [destruct (Req_dec (A 0%nat 1%nat) 0) as [Z1|N1]|].
    + (* a zero row: any vector that the other row does not see *)
      destruct (Req_dec (A 1%nat 0%nat) 0) as [Y0|M0].
      * apply (K 1 0); [left; lra | rewrite Z0; ring | rewrite Y0; ring].
      * apply (K (- A 1%nat 1%nat) (A 1%nat 0%nat)); [now right | rewrite Z0, Z1; ring | ring].
    + apply (K (- A 0%nat 1%nat) (A 0%nat 0%nat)); [left; lra | ring | lra].
    + apply (K (- A 0%nat 1%nat) (A 0%nat 0%nat)); [now right | ring | lra].
Qed.
Print Assumptions singular_2.
