package api

import (
	"net/http"

	"aiqyn/access"
	"aiqyn/web/visit"
)

type policyJSON struct {
	Rules []access.Rule `json:"rules" doc:"Every permission there is: what is in no line is not allowed."`
	Pairs []access.Pair `json:"pairs" doc:"Every act that takes two people: who asks, and who answers. either: whichever of the two asks, the other answers. One person under two numbers is one."`
}

func policy(v *visit.Visit) error {
	return send(v, http.StatusOK, policyJSON{Rules: access.Table(), Pairs: access.Pairs()})
}
