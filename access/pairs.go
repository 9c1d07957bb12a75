package access

import (
	"slices"

	"aiqyn"
)

// Act is something that one person cannot do: a first asks for it, and a second answers.
type Act string

// Acts of two people. What is not among them is done by one, and has no second signature.
const (
	ActPublishPack Act = "publish-pack"        // new rules
	ActEraseCase   Act = "erase-case"          // neither the office nor the machine room makes a case vanish alone
	ActEraseReport Act = "erase-report"        // of who demanded a paper
	ActOpenGlass   Act = "open-glass"          // a person is seen in the clear
	ActConsent     Act = "consent-at-counter"  // a person's word, taken by two clerks
	ActHide        Act = "hide-network"        // from the public what it saw
	ActTables      Act = "put-tables-in-force" // by which capacities, points and prices are computed
	ActQueue       Act = "take-queue-over"     // of a former system
	ActReduce      Act = "withdraw-margin"     // that was published
	ActCorrect     Act = "correct-readings"    // so that less may be left free
)

// Hand is who may be one of the two: any of the roles, by what the policy lets them do.
type Hand struct {
	Roles    []aiqyn.Role `json:"roles"`
	Action   Action       `json:"action"`
	Relation Relation     `json:"relation"`
}

// Pair is one line of the table of acts that take two people.
type Pair struct {
	Act     Act  `json:"act"`
	Asks    Hand `json:"asks"`
	Answers Hand `json:"answers"`
	Either  bool `json:"either"` // whichever of the two asks, the other answers
}

// pairs is every act that takes two. A test holds it to the policy, and the engine's tests
// every such act to it.
var pairs = []Pair{
	{ActPublishPack, Hand{one(aiqyn.RolePublisher), ActionPublishPack, None}, Hand{one(aiqyn.RolePublisher), ActionPublishPack, None}, false},
	{ActEraseCase, Hand{one(aiqyn.RoleHead), ActionEraseRequest, Body}, Hand{one(aiqyn.RoleCustodian), ActionEraseConfirm, None}, true},
	{ActEraseReport, Hand{one(aiqyn.RoleOverseer), ActionWatch, None}, Hand{one(aiqyn.RoleCustodian), ActionEraseConfirm, None}, true},
	{ActOpenGlass, Hand{[]aiqyn.Role{aiqyn.RoleOverseer, aiqyn.RoleAuditor}, ActionAskGlass, None}, Hand{one(aiqyn.RoleCustodian), ActionOpenGlass, None}, false},
	{ActConsent, Hand{one(aiqyn.RoleReader), ActionReadFact, Consented}, Hand{one(aiqyn.RoleReader), ActionReadFact, Consented}, false},
	{ActHide, Hand{one(aiqyn.RoleSecrecy), ActionClassify, None}, Hand{one(aiqyn.RoleOverseer), ActionConfirmClass, None}, false},
	{ActTables, Hand{one(aiqyn.RoleOperator), ActionImport, None}, Hand{one(aiqyn.RoleOverseer), ActionConfirmTables, None}, false},
	{ActQueue, Hand{one(aiqyn.RoleOperator), ActionImport, None}, Hand{one(aiqyn.RoleOverseer), ActionConfirmQueue, None}, false},
	{ActReduce, Hand{one(aiqyn.RoleHead), ActionReduce, None}, Hand{one(aiqyn.RoleOverseer), ActionReduce, None}, false},
	{ActCorrect, Hand{one(aiqyn.RoleOperator), ActionMeasure, None}, Hand{one(aiqyn.RoleOverseer), ActionReduce, None}, false},
}

func one(r aiqyn.Role) []aiqyn.Role { return []aiqyn.Role{r} }

// Pairs returns the table of acts that take two people.
func Pairs() []Pair {
	table := slices.Clone(pairs)
	for i := range table {
		table[i].Asks.Roles, table[i].Answers.Roles = slices.Clone(table[i].Asks.Roles), slices.Clone(table[i].Answers.Roles)
	}
	return table
}

// Countersigned checks that two may do an act together: each in a role that the table
// names, and under two numbers. Whether two numbers are two people is for whoever knows
// officers as people. An act that is not in the table has no second signature.
func Countersigned(act Act, first, second aiqyn.Actor) error {
	i := slices.IndexFunc(pairs, func(p Pair) bool { return p.Act == act })
	if i < 0 || first.Officer == "" || second.Officer == "" || first.Officer == second.Officer {
		return aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	}
	p := pairs[i]
	if p.by(first.Role, second.Role) || p.Either && p.by(second.Role, first.Role) {
		return nil
	}
	return aiqyn.E(aiqyn.Conflict, "error.two-signatures")
}

func (p *Pair) by(asks, answers aiqyn.Role) bool {
	return slices.Contains(p.Asks.Roles, asks) && slices.Contains(p.Answers.Roles, answers)
}
