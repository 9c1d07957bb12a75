// Package allocation shares out what is scarce by rounds that anybody can
// recompute. A round is a pure function: published rules, inputs that were
// committed before the seed existed, and the seed give one result, the same on
// every machine.
//
//   - [Round.Run] matches applicants to institutions: by deferred acceptance
//     (Gale and Shapley 1962, the applicants propose), in serial order, or by
//     lottery; [Round.Auction] opens sealed bids.
//   - [Round.Root] is the commitment to the inputs, [Round.Prove] what an
//     applicant can hold their own line against.
//   - [Result.Explain] tells an applicant why they got what they got.
//   - [CallOrder] ranks by merit with a least share of a category in every
//     prefix.
//
// Within one round, deferred acceptance leaves nobody justified envy and nobody
// anything to gain by a false list, seats that are kept for categories included.
// Quotas are the exception: who is called in an order that holds a share in each of
// its prefixes stands before or behind others by who else has asked, and a longer
// list can pay. Where shares are to be kept, keep seats. Across rounds, with people who come and go,
// no rule can promise both (Kennes, Monte and Tumennasan 2014), and none is
// promised here.
package allocation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"aiqyn"
)

// The kinds of rule.
const (
	DeferredAcceptance = "deferred-acceptance" // places with priorities of their own
	Serial             = "serial"              // one order for all places: each takes the best left
	Lottery            = "lottery"             // serial, by class and chance alone
	FirstCome          = "first-come"          // serial, by a public log of arrivals; no two the same
	SealedBid          = "sealed-bid"          // one lot, second price
)

// What an order can be made of; each but the first and the third is the same at
// every institution.
const (
	ByHolding = "holds"   // who has the place already and asks to move
	ByTier    = "tier"    // the class of priority, 0 first
	BySibling = "sibling" // who has a brother or sister there
	ByPoints  = "points"  // the more the first; not beside a date
	ByDate    = "date"    // the earlier first
	ByLottery = "lottery" // by the seed; always the last
)

// Bounds of a round.
const (
	maxSeats        = 1 << 20
	maxTier         = 255
	maxDate         = 1 << 48
	maxPoints       = 1 << 32
	maxCategories   = 24
	maxApplicants   = 1 << 25
	maxInstitutions = 1 << 20
	maxList         = 100
)

// Rules are what was published before anybody applied.
type Rules struct {
	Kind     string    `json:"kind"`
	Order    []string  `json:"order,omitempty"`
	Reserves []Reserve `json:"reserves,omitempty"` // in the order in which seats are filled, see OpenFirst
	// OpenFirst fills seats that are not reserved before those that are: members
	// of a category then get reserved seats beside what their rank gives them.
	OpenFirst bool    `json:"open_first,omitempty"`
	Quotas    []Quota `json:"quotas,omitempty"` // at most two
}

// Reserve keeps seats for a category. A soft one goes to others when no member
// is left; a hard one stays empty.
type Reserve struct {
	Category string `json:"category"`
	Soft     bool   `json:"soft,omitempty"`
}

// Quota is the least share of a category among the first n of every
// institution's order, for every n, while members remain. It is how Parcoursup calls;
// a false list can gain by it, and a [Reserve] of so many seats keeps the same share.
type Quota struct {
	Category string `json:"category"`
	Percent  int    `json:"percent"`
}

// Seed is the public randomness of a round: which round of which beacon was
// fixed before the inputs were closed, and what it came to.
type Seed struct {
	Beacon string
	Round  uint64
	Value  [32]byte
	Proof  []byte
}

// Institution has places to give: a kindergarten's group, a doctor's day.
type Institution struct {
	ID       string
	Seats    int
	Reserves []int // seats kept, by the reserves of the rules
}

// Applicant asks for places. ID is the pseudonym of this round (see
// [Pseudonym]); the lists hold positions among the institutions.
type Applicant struct {
	ID         string
	Tier       int
	Date       int64  // of the queue, as an ordinal: dates themselves would betray people
	Points     int64  // by published criteria and weights
	Categories uint32 // bit by bit, as in Round.Categories
	List       []int32
	Siblings   []int32
	Holds      int32 // the place they have already and keep if they get no better, −1: none
}

// Round is one round with everything that decides it.
type Round struct {
	Name         string
	Closed       string // when the inputs were committed, RFC 3339; the seed's round is later
	Rules        Rules
	Categories   []string
	Seed         Seed
	Institutions []Institution
	Applicants   []Applicant
	Lot          Lot // of a sealed-bid round
	Bids         []Bid
}

// Hash names the rules by their content: SHA-256 of their canonical JSON.
func (r Rules) Hash() string {
	data, err := json.Marshal(r)
	if err != nil {
		panic("allocation: rules are plain data: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func invalid(key string, args ...any) *aiqyn.Error { return aiqyn.E(aiqyn.Invalid, key, args...) }

// Check reports the first thing that keeps the round from being run.
func (r *Round) Check() error {
	if r.Name == "" {
		return invalid("allocation.missing", "where", "round", "field", "round")
	}
	if err := r.checkRules(); err != nil {
		return err
	}
	if r.Rules.Kind == SealedBid {
		return r.checkBids()
	}
	if err := r.checkInstitutions(); err != nil {
		return err
	}
	return r.checkApplicants()
}

// orders are what each kind may be ordered by, and what it is ordered by when
// the rules say nothing.
var orders = map[string][]string{
	DeferredAcceptance: {ByHolding, ByTier, BySibling, ByDate, ByLottery},
	Serial:             {ByTier, ByDate, ByLottery},
	Lottery:            {ByTier, ByLottery},
	FirstCome:          {ByDate},
	SealedBid:          {},
}

// byPoints are the kinds that may be ordered by points too, if their rules say so.
var byPoints = []string{DeferredAcceptance, Serial}

// order is what the rules say, or what their kind is ordered by. The rules stay as
// they were published: their hash must not depend on who has looked at them.
func (r Rules) order() []string {
	if len(r.Order) == 0 {
		return orders[r.Kind]
	}
	return r.Order
}

func (r *Round) checkRules() error {
	rules := &r.Rules
	allowed, known := orders[rules.Kind]
	if !known {
		return invalid("allocation.bad-value", "where", "rules", "field", "kind", "value", rules.Kind)
	}
	seen := map[string]bool{}
	order := rules.order()
	for i, part := range order {
		last := i == len(order)-1
		if part == ByPoints && slices.Contains(byPoints, rules.Kind) && !slices.Contains(order, ByDate) && !seen[part] && !last {
			seen[part] = true
			continue
		}
		if !slices.Contains(allowed, part) || seen[part] || (part == ByLottery) != last && rules.Kind != FirstCome || part == ByHolding && i > 0 {
			return invalid("allocation.bad-value", "where", "rules", "field", "order", "value", part)
		}
		seen[part] = true
	}
	named := map[string]bool{}
	for _, c := range r.Categories {
		if c == "" || named[c] {
			return invalid("allocation.repeated", "where", "categories", "id", c)
		}
		named[c] = true
	}
	if len(r.Categories) > maxCategories {
		return invalid("allocation.too-many", "where", "categories", "limit", maxCategories)
	}
	for _, v := range rules.Reserves {
		if !named[v.Category] {
			return invalid("allocation.unknown", "where", "reserves", "id", v.Category)
		}
	}
	for _, q := range rules.Quotas {
		if !named[q.Category] {
			return invalid("allocation.unknown", "where", "quotas", "id", q.Category)
		}
		if q.Percent < 0 || q.Percent > 100 {
			return invalid("allocation.bad-value", "where", "quotas", "field", "percent", "value", q.Percent)
		}
	}
	if len(rules.Quotas) > 2 || len(rules.Reserves) > maxCategories {
		return invalid("allocation.too-many", "where", "quotas", "limit", 2)
	}
	if rules.Kind != DeferredAcceptance && len(rules.Reserves)+len(rules.Quotas) > 0 {
		return invalid("allocation.bad-value", "where", "rules", "field", "reserves", "value", rules.Kind)
	}
	return nil
}

func (r *Round) checkInstitutions() error {
	if len(r.Institutions) == 0 || len(r.Institutions) > maxInstitutions {
		return invalid("allocation.too-many", "where", "institutions", "limit", maxInstitutions)
	}
	seen := make(map[string]bool, len(r.Institutions))
	for i := range r.Institutions {
		h := &r.Institutions[i]
		if h.ID == "" || seen[h.ID] {
			return invalid("allocation.repeated", "where", "institutions", "id", h.ID)
		}
		seen[h.ID] = true
		if h.Seats < 0 || h.Seats > maxSeats {
			return invalid("allocation.bad-value", "where", h.ID, "field", "seats", "value", h.Seats)
		}
		kept := 0
		for _, n := range h.Reserves {
			if n < 0 || n > maxSeats {
				return invalid("allocation.bad-value", "where", h.ID, "field", "reserves", "value", n)
			}
			kept += n
		}
		if kept > h.Seats || len(h.Reserves) > len(r.Rules.Reserves) {
			return invalid("allocation.bad-value", "where", h.ID, "field", "reserves", "value", kept)
		}
	}
	return nil
}

func (r *Round) checkApplicants() error {
	if len(r.Applicants) > maxApplicants {
		return invalid("allocation.too-many", "where", "applicants", "limit", maxApplicants)
	}
	order := r.byName()
	for n, i := range order {
		if id := r.Applicants[i].ID; id == "" || n > 0 && id == r.Applicants[order[n-1]].ID {
			return invalid("allocation.repeated", "where", "applicants", "id", id)
		}
	}
	held := make([]int, len(r.Institutions))
	dates := map[int64]bool{}
	for i := range r.Applicants {
		a := &r.Applicants[i]
		if err := r.checkApplicant(a); err != nil {
			return err
		}
		if r.Rules.Kind == FirstCome {
			if dates[a.Date] {
				return invalid("allocation.same-date", "where", a.ID, "value", a.Date)
			}
			dates[a.Date] = true
		}
		if a.Holds >= 0 {
			if held[a.Holds]++; held[a.Holds] > r.Institutions[a.Holds].Seats {
				return invalid("allocation.held-twice", "where", r.Institutions[a.Holds].ID, "id", a.ID)
			}
		}
	}
	return nil
}

func (r *Round) checkApplicant(a *Applicant) error {
	if a.Tier < 0 || a.Tier > maxTier {
		return invalid("allocation.bad-value", "where", a.ID, "field", "tier", "value", a.Tier)
	}
	if a.Date < 0 || a.Date >= maxDate {
		return invalid("allocation.bad-value", "where", a.ID, "field", "date", "value", a.Date)
	}
	if a.Points < 0 || a.Points >= maxPoints {
		return invalid("allocation.bad-value", "where", a.ID, "field", "points", "value", a.Points)
	}
	if a.Categories>>len(r.Categories) != 0 {
		return invalid("allocation.unknown", "where", a.ID, "id", "category")
	}
	if len(a.List) > maxList || len(a.Siblings) > maxList {
		return invalid("allocation.too-many", "where", a.ID, "limit", maxList)
	}
	if a.Holds >= int32(len(r.Institutions)) || a.Holds >= 0 && r.Rules.Kind != DeferredAcceptance {
		return invalid("allocation.unknown", "where", a.ID, "id", a.Holds)
	}
	for i, h := range a.List {
		if h < 0 || int(h) >= len(r.Institutions) {
			return invalid("allocation.unknown", "where", a.ID, "id", h)
		}
		if slices.Contains(a.List[:i], h) {
			return invalid("allocation.repeated", "where", a.ID, "id", r.Institutions[h].ID)
		}
	}
	for _, h := range a.Siblings {
		if h < 0 || int(h) >= len(r.Institutions) {
			return invalid("allocation.unknown", "where", a.ID, "id", h)
		}
	}
	return nil
}
