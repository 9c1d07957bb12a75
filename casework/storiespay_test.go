package casework

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"aiqyn"
	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/service"
)

// openBank opens the bank that official prices are paid at.
func (r *rig) openBank() {
	r.t.Helper()
	var err error
	r.bank, err = practice.Open(practice.Config{Seed: [32]byte{3}, Now: r.clock, Tell: func(ctx context.Context, s pay.Signed) error {
		return r.SettlePayment(ctx, s)
	}})
	if err != nil {
		r.t.Fatal(err)
	}
}

// newestOrder is the key of the last order made for a case.
func (r *rig) newestOrder(ref aiqyn.Reference) string {
	r.t.Helper()
	rec, err := r.caseOf(context.Background(), ref)
	if err != nil || rec.state.Fee == nil || len(rec.state.Fee.Orders) == 0 {
		r.t.Fatalf("%s has no order: %v", ref, err)
	}
	return rec.state.Fee.Orders[len(rec.state.Fee.Orders)-1].Key
}

// pay goes to the bank and presses what the line says. A sum that is not the
// price is one that the bank has got wrong.
func (s *telling) pay(l service.StoryLine) {
	s.t.Helper()
	applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.about}
	if _, s.err = s.Pay(s.t.Context(), PayFee{ID: s.id(), Actor: applicant, Ref: s.ref, Lang: "kk", Return: "/kk/cases/" + string(s.ref)}); s.err != nil {
		return
	}
	s.press(s.ref, l)
}

// press answers the newest order of a case at the bank.
func (s *telling) press(ref aiqyn.Reference, l service.StoryLine) {
	s.t.Helper()
	key, sum := s.newestOrder(ref), int64(0)
	switch l.Verb {
	case "applicant pays":
		sum = s.view(ref).Fee.Amount
	case "applicant pays tenge":
		n, _ := strconv.ParseInt(l.Args[0], 10, 64)
		sum = n * 100
	default:
		_, s.err = s.bank.Decline(s.t.Context(), key)
		return
	}
	_, s.err = s.bank.Take(s.t.Context(), key, sum, pay.Tenge)
}

// payRig is a rig with the surveyors of land.boundary.
func payRig(t *testing.T, opts ...rigOption) *rig {
	t.Helper()
	r := newRig(t, opts...)
	r.roster(aiqyn.RoleSurveyor, "land-surveys", "land-surveyor", 6)
	return r
}

// marking files for a marking of boundaries.
func (r *rig) marking() aiqyn.Reference {
	r.t.Helper()
	return r.must(File{
		ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Channel: "online", Answers: map[string]string{"parcel": plot},
	}).Ref
}

func payer(p aiqyn.PersonID) aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p}
}

// order has the holder ask for a page to pay on, and returns the order's key.
func (r *rig) order(ref aiqyn.Reference) string {
	r.t.Helper()
	page, err := r.Pay(context.Background(), PayFee{ID: r.id(), Actor: payer(holder), Ref: ref, Lang: "kk", Return: "/kk/cases/" + string(ref) + "/paid"})
	if err != nil || page == "" {
		r.t.Fatalf("no page to pay on: %q, %v", page, err)
	}
	return r.newestOrder(ref)
}

// take has the bank take a sum and tell of it.
func (r *rig) take(key string, amount int64, currency string) pay.Signed {
	r.t.Helper()
	s, err := r.bank.Take(context.Background(), key, amount, currency)
	if err != nil {
		r.t.Fatalf("the bank's notice of %s: %v", key, err)
	}
	return s
}

// countOf counts the events of a kind.
func countOf(v *CaseView, k EventKind) (n int) {
	for _, e := range v.Events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// lastReason is the reason of the newest event of a kind.
func lastReason(v *CaseView, k EventKind) string {
	for _, e := range slices.Backward(v.Events) {
		if e.Kind == k {
			return e.Reason
		}
	}
	return ""
}
