package rule

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
)

// affordable refuses a rule whose cost, on facts of the largest size that is
// expected, would pass the limit.
func (e *Env) affordable(checked *cel.Ast) error {
	estimate, err := e.cel.EstimateCost(checked, sizes{})
	if err != nil {
		return err
	}
	if estimate.Max > maxEstimate {
		return errCostly
	}
	return nil
}

// sizes tells the estimator how large a list, map or text of the facts can be.
type sizes struct{}

func (sizes) EstimateCallCost(_, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	return nil
}

func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	if node.ComputedSize() != nil {
		return nil
	}
	return &cost.SizeEstimate{Min: 0, Max: maxItems}
}
