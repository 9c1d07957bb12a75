package access

import "aiqyn"

// Countersigned checks the second signature on an act that takes two people.
// Publishing takes two publishers; erasing takes the head of the body and the
// custodian of keys, so that neither the office nor the machine room can make
// a case vanish alone. Hiding from the public what it saw takes the secrecy officer
// and an overseer; a former queue, and tables of the network, an operator and an overseer.
func Countersigned(action Action, first, second aiqyn.Actor) error {
	var firstMay, secondMay bool
	switch action {
	case ActionPublishPack:
		firstMay = Allowed(first.Role, ActionPublishPack, None).OK
		secondMay = Allowed(second.Role, ActionPublishPack, None).OK
	case ActionConfirmClass:
		firstMay = Allowed(first.Role, ActionClassify, None).OK
		secondMay = Allowed(second.Role, ActionConfirmClass, None).OK
	case ActionConfirmQueue:
		firstMay = Allowed(first.Role, ActionImport, None).OK
		secondMay = Allowed(second.Role, ActionConfirmQueue, None).OK
	case ActionConfirmTables:
		firstMay = Allowed(first.Role, ActionImport, None).OK
		secondMay = Allowed(second.Role, ActionConfirmTables, None).OK
	case ActionEraseConfirm:
		firstMay = Allowed(first.Role, ActionEraseRequest, Body).OK
		secondMay = Allowed(second.Role, ActionEraseConfirm, None).OK
	}
	if !firstMay || !secondMay || first.Officer == "" || first.Officer == second.Officer || second.Officer == "" {
		return aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	}
	return nil
}
