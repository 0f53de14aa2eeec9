// Every page that the gateway makes, by its name. ARCHITECTURE §2, §3.

import { faultPage } from './fault.ts';
import { misconfiguredPage } from './misconfigured.ts';
import { formNotKeptPage, onwardPage } from './on-the-way.ts';
import { popupDonePage } from './popup-done.ts';
import { portalPage } from './portal.ts';
import { profilePage } from './profile.ts';
import {
  cookiesBlockedPage,
  forbiddenPage,
  foreignOrganizationPage,
  loginCancelledPage,
  loginDeniedPage,
  stepUpRefusedPage,
} from './refusals.ts';
import { resubmitPage } from './resubmit.ts';
import { confirmLogoutPage, signedOutPage } from './sign-out.ts';

export const PAGES = {
  fault: faultPage,
  forbidden: forbiddenPage,
  stepUpRefused: stepUpRefusedPage,
  loginCancelled: loginCancelledPage,
  loginDenied: loginDeniedPage,
  foreignOrganization: foreignOrganizationPage,
  cookiesBlocked: cookiesBlockedPage,
  confirmLogout: confirmLogoutPage,
  signedOut: signedOutPage,
  profile: profilePage,
  portal: portalPage,
  onward: onwardPage,
  resubmit: resubmitPage,
  formNotKept: formNotKeptPage,
  misconfigured: misconfiguredPage,
  popupDone: popupDonePage,
};
