package service

import (
	"slices"

	"aiqyn"
)

// Refund finds the rule by which the fee goes back after an outcome.
func (f *Fee) Refund(after aiqyn.Outcome, reason string) (FeeRefund, bool) {
	for _, r := range f.Refunds {
		if r.After == after && (r.Reasons == nil || slices.Contains(r.Reasons, reason)) {
			return r, true
		}
	}
	return FeeRefund{}, false
}

// FreeOfCharge reports whether the fee is nothing whatever the answers are.
func (f *Fee) FreeOfCharge() bool { return f.Amount == "0" }
