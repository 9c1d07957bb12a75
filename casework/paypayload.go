package casework

import (
	"time"

	"aiqyn/pay"
)

// The payloads of the official price.
type (
	// charged is the official price of the case, by its pack.
	charged struct {
		Amount   int64     `json:"amount"` // tiyn
		Calendar string    `json:"calendar"`
		Currency string    `json:"currency"`
		Due      time.Time `json:"due"`
	}
	// ordered is an order at the payment provider, whose notices Signer signs.
	ordered struct {
		Amount   int64     `json:"amount"`
		Currency string    `json:"currency"`
		Expires  time.Time `json:"expires"`
		Order    string    `json:"order"`
		Page     string    `json:"page"`
		Provider string    `json:"provider"`
		Signer   string    `json:"signer"`
	}
	// paid, declined and refunded are the provider's word, as it has signed it.
	paid struct {
		Amount   int64      `json:"amount"`
		Currency string     `json:"currency"`
		Notice   pay.Signed `json:"notice"`
		Order    string     `json:"order"`
		Receipt  string     `json:"receipt,omitempty"`
		Signer   string     `json:"signer,omitempty"` // if not the one of the order
	}
	declined struct {
		Became pay.Type   `json:"became"`
		Notice pay.Signed `json:"notice"`
		Order  string     `json:"order"`
		Signer string     `json:"signer,omitempty"`
	}
	// refundDue is a sum that must go back. Notice is of money that was not the
	// price; the price itself goes back by the pack's rule, and has had its own.
	refundDue struct {
		Amount   int64       `json:"amount"`
		Currency string      `json:"currency"`
		Notice   *pay.Signed `json:"notice,omitempty"`
		Order    string      `json:"order"`
		Signer   string      `json:"signer,omitempty"`
		Why      RefundWhy   `json:"why"`
	}
	refunded struct {
		Amount   int64      `json:"amount"`
		Currency string     `json:"currency"`
		Notice   pay.Signed `json:"notice"`
		Order    string     `json:"order"`
		Receipt  string     `json:"receipt,omitempty"`
		Signer   string     `json:"signer,omitempty"` // if not the one of the order
	}
)
