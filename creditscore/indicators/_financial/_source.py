"""Where formulas of statements come from."""

CFA = "CFA Institute, CFA Program Curriculum, Financial Statement Analysis"
COMMON = "common practice of lenders and rating agencies; no single source"
PALEPU = "K. G. Palepu and P. M. Healy, Business Analysis and Valuation: Using Financial Statements"
SASAC = (
    "State-owned Assets Supervision and Administration Commission, detailed rules of the "
    "comprehensive evaluation of the performance of central enterprises, 国资发评价〔2006〕157号"
)
CICPA = (
    "Chinese Institute of Certified Public Accountants, Financial and Cost Management "
    "(财务成本管理), textbook of the national examination"
)
PROJECTS = (
    "National Development and Reform Commission and Ministry of Construction, Methods and "
    "Parameters for the Economic Evaluation of Construction Projects (建设项目经济评价方法与"
    "参数), 3rd edition, 2006"
)
WALL = "A. Wall and R. W. Duning, Ratio Analysis of Financial Statements, Harper, 1928"
FOULKE = "R. A. Foulke, Practical Financial Statement Analysis, McGraw-Hill"
SP = "S&P Global Ratings, Corporate Methodology: free operating cash flow to debt"
BEAVER = (
    'W. H. Beaver, "Financial ratios as predictors of failure", Journal of Accounting Research 4 '
    "(supplement), 1966, pp. 71-111; there with net income plus depreciation as the cash flow"
)
HIGGINS = 'R. C. Higgins, "How much growth can a firm afford?", Financial Management 6(3), 1977'
SLOAN = (
    'R. G. Sloan, "Do stock prices fully reflect information in accruals and cash flows about '
    'future earnings?", Accounting Review 71(3), 1996'
)
ALTMAN_1968 = (
    'E. I. Altman, "Financial ratios, discriminant analysis and the prediction of corporate '
    'bankruptcy", Journal of Finance 23(4), 1968, pp. 589-609'
)
ALTMAN_1983 = "E. I. Altman, Corporate Financial Distress, Wiley, 1983"
ALTMAN_1995 = (
    "E. I. Altman, J. Hartzell and M. Peck, Emerging Markets Corporate Bonds: A Scoring System, "
    "Salomon Brothers, 1995"
)
OHLSON = (
    'J. A. Ohlson, "Financial ratios and the probabilistic prediction of bankruptcy", Journal of '
    "Accounting Research 18(1), 1980, pp. 109-131, model 1"
)
ZMIJEWSKI = (
    'M. E. Zmijewski, "Methodological issues related to the estimation of financial distress '
    'prediction models", Journal of Accounting Research 22 (supplement), 1984, pp. 59-82'
)
PIOTROSKI = (
    'J. D. Piotroski, "Value investing: the use of historical financial statement information '
    'to separate winners from losers", Journal of Accounting Research 38 (supplement), 2000, '
    "pp. 1-41"
)
