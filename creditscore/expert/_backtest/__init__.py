"""Cards of judgement held against outcomes, once these have arrived."""
