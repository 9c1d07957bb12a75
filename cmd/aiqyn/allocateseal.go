package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"aiqyn/allocation"
)

// bidToSeal is what a seal is made of.
type bidToSeal struct {
	round, as, salt string
	tiyn, least     int64
}

func (c *call) sealFlags() *bidToSeal {
	b := new(bidToSeal)
	c.flags.StringVar(&b.round, "seal", "", "make the seal of a bid for the round `ROUND`")
	c.flags.StringVar(&b.as, "as", "", "what the round calls the bidder, `ID`")
	c.flags.Int64Var(&b.tiyn, "tiyn", 0, "how much is offered")
	c.flags.Int64Var(&b.least, "least", 0, "the least price of the lot, in tiyn")
	c.flags.StringVar(&b.salt, "salt", "", "`HEX` of 32 bytes that nobody can guess; drawn if there is none")
	return b
}

// seal makes the seal of a bid where nobody else learns of it, and prints what opens
// it. A bid below the least price, if that is told, is refused: it cannot win.
func (c *call) seal(b *bidToSeal) error {
	if b.as == "" {
		return c.error("allocation.missing", "where", "bid", "field", "as")
	}
	if b.tiyn <= 0 {
		return c.error("allocation.bad-value", "where", "bid", "field", "tiyn", "value", b.tiyn)
	}
	if b.tiyn < b.least {
		return c.error("allocation.below-least", "tiyn", b.tiyn, "least", b.least)
	}
	if b.least == 0 {
		fmt.Fprintln(c.stderr, c.text("allocation.least-unknown"))
	}
	var salt [32]byte
	rand.Read(salt[:])
	if b.salt != "" {
		given, err := hex.DecodeString(b.salt)
		if err != nil || len(given) != len(salt) {
			return c.error("allocation.bad-value", "where", "bid", "field", "salt", "value", b.salt)
		}
		copy(salt[:], given)
	}
	seal := allocation.Seal(b.round, b.as, b.tiyn, salt)
	return c.printJSON(map[string]any{"round": b.round, "id": b.as, "amount_tiyn": b.tiyn, "salt": hex.EncodeToString(salt[:]), "sealed": hex.EncodeToString(seal[:])})
}
