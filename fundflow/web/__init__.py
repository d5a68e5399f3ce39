"""What every room's pages share: access rules, forms, answers, filters, headers, error pages."""
